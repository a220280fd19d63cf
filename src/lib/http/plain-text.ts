/** Whether a string can be stored and shown: it has no NUL, which PostgreSQL refuses, and no lone surrogate. */
export const isPlainText = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
