"""Every SELECT and UPDATE, by subject; the owner is a required argument, so a foreign id is simply not found."""
