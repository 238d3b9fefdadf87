/** SMTP_URL as settings: where mail is handed over, how it is protected on the way, and as whom. */
import { Secret } from '../foundation/secret.ts';

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, TLS before anything is said (STARTTLS), or none, which stays on this machine. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user: string | undefined;
  readonly password: Secret | undefined;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

/** Ports of submission (RFC 8314 §7.3 and RFC 6409 §3.1). */
const PORTS = { 'smtps:': 465, 'smtp:': 587 } as const;

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/**
 * Reads `smtp://` and `smtps://` URLs; undefined where it is not one, has a path, a query or a user without a password.
 * Another machine is reached over TLS with a verified name only.
 */
export const parseSmtpUrl = (text: string): SmtpSettings | undefined => {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol } = url;
  if (protocol !== 'smtp:' && protocol !== 'smtps:') return undefined;
  if (url.hostname === '' || url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname))
    return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const user = decode(url.username);
  const password = decode(url.password);
  if (user === undefined || password === undefined || (user === '') !== (password === '')) return undefined;
  return {
    host,
    port: url.port === '' ? PORTS[protocol] : Number(url.port),
    tls: protocol === 'smtps:' ? 'implicit' : isLoopback(host) ? 'none' : 'starttls',
    user: user === '' ? undefined : user,
    password: password === '' ? undefined : new Secret(password),
  };
};

export interface Sender {
  readonly name: string;
  readonly address: string;
}

const ADDRESS = /^[!#-'*+\-/-9=?A-Z^-~.]{1,64}@[A-Za-z0-9.-]{1,253}$/;
const NAMED = /^(?<name>[^<>"\p{Cc}\p{Cf}]{1,100}?)\s*<(?<address>[^<>\s]{3,254})>$/u;

/** Reads MAIL_FROM: an address, or a name and an address in angle brackets; undefined for anything else. */
export const parseSender = (text: string): Sender | undefined => {
  const { name = '', address = text } = NAMED.exec(text)?.groups ?? {};
  return ADDRESS.test(address) ? { name: name.trim(), address } : undefined;
};
