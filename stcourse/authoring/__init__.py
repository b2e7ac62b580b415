"""What authors run: chapters and slides from solutions, the teacher's tables, the links."""
