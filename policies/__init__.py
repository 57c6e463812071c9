"""Pure decisions: facts in, decision with reasons out."""
