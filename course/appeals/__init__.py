"""What a student does about a mark: `course ask` packs a request to look at it again.

It stands beside coursekit and not in it: notebooks import coursekit, so that every change there
asks for new audits; no notebook imports a command.

Reading order: request (the zip that is handed in), command (`course` with one verb more).
"""
