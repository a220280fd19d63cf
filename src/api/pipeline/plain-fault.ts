/** The shape in which most stand-alone faces tell faults, Keystone's: `{ error: { code, title, message } }`. */
export const plainFault = (code: number, title: string, message: string) => ({ error: { code, title, message } });
