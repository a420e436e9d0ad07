"""What people do in Slack, by feature. Each module has `register(app, context)`."""
