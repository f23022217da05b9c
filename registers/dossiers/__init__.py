"""The dossier (案卷) of a case as one PDF: its index, the forms as handed in, documents, attachments, what happened."""
