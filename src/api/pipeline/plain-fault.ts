/** The fault shape of most stand-alone APIs, which is Keystone's: `{ error: { code, title, message } }`. */
export const plainFault = (code: number, title: string, message: string) => ({ error: { code, title, message } });
