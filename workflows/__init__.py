"""Durable steps that survive a crash; each is safe to repeat."""
