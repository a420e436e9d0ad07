"""A local Slack workspace, for the demo and for the tests.

The bot is pointed at it by one setting (`SLACK_API_URL`) and otherwise runs unmodified: it calls the Web API
over HTTP, opens Socket Mode connections or receives signed requests, and is refused whatever Slack refuses.
Nothing here imports anything of the project outside this folder: a double that shares code with what it
tests would share its mistakes.

Where to begin: `workspace.Workspace` is the state and what a test looks at, `server.SandboxServer` puts it on
127.0.0.1, `person.Person` acts as one of its people.
"""
