"""Composition root: the only place that reads settings, the clock or the environment for others."""
