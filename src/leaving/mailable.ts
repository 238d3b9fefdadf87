/** Whether mail to an address could ever arrive: names under `.invalid` never exist (RFC 2606 §2). */
export const isMailable = (email: string): boolean => !email.endsWith('.invalid');
