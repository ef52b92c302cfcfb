"""What a form is: the editor's blocks, the frozen document they compile to, and how it is shown and filled in."""
