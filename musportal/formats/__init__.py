"""How this site writes dates and times, where it differs from Django."""
