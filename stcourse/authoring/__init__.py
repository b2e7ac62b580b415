"""What authors run: chapters and slides from solutions, the teacher's tables, the links.

- `addresses`: where the course is published.
- `notebooks`: notebooks found, read, written and run.
- `build`: what learners open, from what authors write.
- `slides`: slides from solved notebooks.
- `teaching`: the plan of a class, and the usual mistakes.
"""
