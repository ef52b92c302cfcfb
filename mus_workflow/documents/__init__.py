"""What one person sees of a preparation or an agreement: projection, canonical bytes, text and comparison."""
