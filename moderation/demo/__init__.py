"""The made-up community of the demo; `days_ago` counts back from the last midnight of Asia/Shanghai."""
