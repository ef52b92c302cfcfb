"""What happened to an agreement, and whether what is stored still says so. Reads only."""
