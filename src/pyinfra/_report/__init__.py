"""Views: what people and programs get to see of a run. The only code that prints."""
