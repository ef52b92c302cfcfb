"""The guide: page types and blocks that editors write MUS pages with. Words only, no personal data."""
