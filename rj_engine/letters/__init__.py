"""Letters: what each addressee may be told, the words with it put in, and the page, PDF or Word file to look at."""
