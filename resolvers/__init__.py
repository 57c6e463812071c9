"""Translation: input to call, row to type, refusal to union member."""
