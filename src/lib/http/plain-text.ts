/** Whether a string is text that can be stored and shown: no NUL, which no database takes, and no half of a surrogate pair. */
export const isPlainText = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
