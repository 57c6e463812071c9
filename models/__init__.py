"""What is stored, and the vocabulary everybody shares."""
