/** A key as the API shows it. */
export interface ShownKey {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly public_key: string;
  readonly scopes: string[];
  readonly networks: string[];
  readonly per_second: number | null;
  readonly per_day: number | null;
  readonly created_at: string;
  readonly created_by: string | null;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly exposed_at: string | null;
  readonly previous_secret_expires_at: string | null;
}

/** A key as it is read. */
export interface KeyRow {
  readonly id: string;
  readonly project_id: string;
  readonly public_key: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly networks: readonly string[];
  readonly per_second: number | null;
  readonly per_day: number | null;
  readonly created_at: Date;
  readonly created_by: string | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly exposed_at: Date | null;
  readonly previous_expires_at: Date | null;
  readonly used_at: Date | null;
}

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** @param now milliseconds since the Unix epoch: a previous secret that is over by then is not shown. */
export const shownKey = (row: KeyRow, now: number): ShownKey => ({
  id: row.id,
  project: row.project_id,
  name: row.name,
  public_key: row.public_key,
  scopes: [...row.scopes],
  networks: [...row.networks],
  per_second: row.per_second,
  per_day: row.per_day,
  created_at: row.created_at.toISOString(),
  created_by: row.created_by,
  last_used_at: timeOf(row.used_at),
  expires_at: timeOf(row.expires_at),
  revoked_at: timeOf(row.revoked_at),
  exposed_at: timeOf(row.exposed_at),
  previous_secret_expires_at:
    row.previous_expires_at !== null && row.previous_expires_at.getTime() > now
      ? row.previous_expires_at.toISOString()
      : null,
});
