"""What Slack refuses: the rules of Block Kit, of messages and of views."""
