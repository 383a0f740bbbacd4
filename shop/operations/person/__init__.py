"""What the desk knows about a person: handed out as JSON, and erased. See docs/privacy.md."""
