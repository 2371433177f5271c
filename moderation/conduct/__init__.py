"""Behaviour over kept posts, step by step: what is known of each, what they show together, what that changes."""
