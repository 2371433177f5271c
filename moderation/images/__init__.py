"""Images of posts: kept once, fetched where the operator allows it, read, and turned into evidence."""
