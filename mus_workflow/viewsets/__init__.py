"""The plugin's places in the Wagtail admin: forms and concepts for editors, the history of agreements for auditors."""
