"""Copies (抄送): a case or one of its items shown to a colleague, with a note; the work stays where it is."""
