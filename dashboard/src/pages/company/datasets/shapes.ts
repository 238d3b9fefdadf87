/** What the server says about datasets. */
import type { Column } from './table/question.ts';

export type Right = 'read' | 'modify' | 'manage';
export type Visibility = 'company' | 'private';

interface Named {
  readonly id: string;
  readonly name: string;
}

export interface ListedDataset {
  readonly id: string;
  readonly name: string;
  readonly title: string | null;
  readonly visibility: Visibility;
  /** Whose it is, where that is another company; null for one's own. */
  readonly company: Named | null;
  readonly owner: { readonly user: string; readonly name: string } | null;
  readonly right: Right;
  readonly reason: string;
  readonly rows: number;
  readonly version: number;
  readonly changed_at: string;
}

export interface Dataset extends ListedDataset {
  readonly description: string | null;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  readonly created_at: string;
}

export interface Version {
  readonly number: number;
  readonly kind: string;
  readonly made_at: string;
  readonly made_by: {
    readonly user: string | null;
    readonly key: string | null;
    readonly name: string;
  } | null;
  readonly rows: number;
  /** Against the version before; null where both together were too large to be compared. */
  readonly added: number | null;
  readonly changed: number | null;
  readonly removed: number | null;
}

/** What a version held, with the columns that it had. */
export interface VersionShown extends Version {
  readonly columns: readonly Column[];
}

/** A large version that is being brought back. */
export interface Restoration {
  readonly id: string;
  /** The version that comes back. */
  readonly number: number;
  readonly phase: 'waiting' | 'restoring' | 'restored' | 'failed';
  readonly rows: number;
  readonly rows_done: number;
  /** The new version, once there is one. */
  readonly version: number | null;
  readonly failure: 'version_conflict' | 'right_lost' | 'disk_full' | 'internal_error' | null;
}

/** Each cell as PostgreSQL writes it. */
type Cells = Readonly<Record<string, string | null>>;

export interface Difference {
  readonly kind: 'added' | 'changed' | 'removed';
  readonly before: Cells | null;
  readonly after: Cells | null;
}

export interface Compared {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly items: readonly Difference[];
  readonly next: string | null;
}

export interface PersonWhoMay {
  readonly user: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly company: Named;
  readonly right: Right;
  readonly reason: string;
  /** A sentence. */
  readonly why: string;
  readonly grant: string | null;
  readonly until: string | null;
  readonly you: boolean;
}

export interface Grant {
  readonly id: string;
  readonly user: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly company: Named;
  readonly right: 'read' | 'modify';
  readonly until: string | null;
  readonly granted_at: string;
  /** False where its end has come, or where sharing with other companies has been switched off. */
  readonly counts: boolean;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly right: 'read' | 'modify';
  readonly until: string | null;
  readonly created_at: string;
  readonly expires_at: string;
}

export interface Request {
  readonly id: string;
  readonly dataset: Named;
  readonly name: string | null;
  readonly email: string;
  readonly company_name: string;
  readonly right: 'read' | 'modify';
  readonly created_at: string;
  readonly expires_at: string;
}

export interface Sharing {
  readonly shared_outside: boolean;
  readonly company_allows: boolean;
  readonly may_be_shared_outside: boolean;
  readonly people_outside: number;
}

export interface DatasetSettings {
  readonly outside: boolean;
  readonly reads_logged: boolean;
}

export interface Activity {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly actor: { readonly id: string; readonly name: string | null; readonly email: string | null } | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Bar {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

export interface ColumnStatistics {
  readonly column: string;
  /** False where it took too long; nothing else is said then. */
  readonly is_complete: boolean;
  /** Rows that were looked at. */
  readonly seen: number | null;
  readonly nulls: number | null;
  readonly empty: number | null;
  readonly distinct: number | null;
  readonly distinct_is_estimate: boolean;
  readonly min: string | null;
  readonly max: string | null;
  readonly mean: string | null;
  readonly most_common: readonly { readonly value: string; readonly count: number }[] | null;
  readonly histogram: readonly Bar[] | null;
}

export interface Statistics {
  readonly rows: number;
  /** Whether a part of the rows was looked at. */
  readonly is_sampled: boolean;
  readonly items: readonly ColumnStatistics[];
}
