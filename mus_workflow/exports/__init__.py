"""What leaves the plugin as a file."""
