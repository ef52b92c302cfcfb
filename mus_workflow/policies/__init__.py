"""Who may do what now, and the reason when not. Policies ask and never write."""
