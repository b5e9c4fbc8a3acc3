"""Views of lists that somebody keeps: their filters, order, columns and layout; one's own, or shared with the team."""
