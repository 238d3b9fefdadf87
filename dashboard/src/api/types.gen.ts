/** Written by dashboard/scripts/generate-types.ts from docs/openapi.json; not by hand. */
export interface Operations {
  'account.change': {
    params: undefined;
    query: undefined;
    body: { name: string | null };
    reply: { id: string; email: string; name: string | null };
  };
  'account.change-email': {
    params: undefined;
    query: undefined;
    body: { email: string };
    reply: Record<string, never>;
  };
  'account.change-password': {
    params: undefined;
    query: undefined;
    body: { password: string };
    reply: undefined;
  };
  'account.delete': {
    params: undefined;
    query: undefined;
    body: { email: string };
    reply: { receipt: { id: string; at: string; erased: { store: string; rows: number }[]; kept: string[] } };
  };
  'account.deletion-plan': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: { companies: ({ id: string; name: string; fate: 'deleted' | 'left'; members: number })[]; stores: { store: string; rows: number }[]; kept: string[] };
  };
  'account.export': {
    params: undefined;
    query: undefined;
    body: Record<string, never>;
    reply: Blob;
  };
  'audit.export': {
    params: { company: string };
    query: undefined;
    body: Record<string, never>;
    reply: Blob;
  };
  'audit.list': {
    params: { company: string };
    query: { before?: string | undefined; limit?: number | undefined };
    body: undefined;
    reply: { items: ({ id: string; at: string; actor: { id: string; name: string | null } | null; action: string; target: string | null; details: Record<string, string | number | boolean | null> })[]; next: string | null };
  };
  'companies.change': {
    params: { company: string };
    query: undefined;
    body: { name?: string | undefined; contact_email?: string | null | undefined; require_second_factor?: boolean | undefined; mail_unusual?: boolean | undefined };
    reply: { id: string; name: string; contact_email: string | null; require_second_factor: boolean; mail_unusual: boolean; created_at: string; your_role: 'owner' | 'admin' | 'member' | 'viewer' };
  };
  'companies.create': {
    params: undefined;
    query: undefined;
    body: { name: string };
    reply: { id: string; name: string; contact_email: string | null; require_second_factor: boolean; mail_unusual: boolean; created_at: string; your_role: 'owner' | 'admin' | 'member' | 'viewer' };
  };
  'companies.delete': {
    params: { company: string };
    query: undefined;
    body: { name: string };
    reply: { receipt: { id: string; at: string; erased: { store: string; rows: number }[]; kept: string[] } };
  };
  'companies.deletion-plan': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: { stores: { store: string; rows: number }[]; members: number; kept: string[] };
  };
  'companies.export': {
    params: { company: string };
    query: undefined;
    body: Record<string, never>;
    reply: Blob;
  };
  'companies.show': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: { id: string; name: string; contact_email: string | null; require_second_factor: boolean; mail_unusual: boolean; created_at: string; your_role: 'owner' | 'admin' | 'member' | 'viewer' };
  };
  'dataset-uploads.append': {
    params: { company: string; upload: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'dataset-uploads.appendByKey': {
    params: { upload: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'dataset-uploads.correct': {
    params: { company: string; upload: string };
    query: undefined;
    body: { format?: 'csv' | 'tsv' | 'json' | 'ndjson' | 'parquet' | 'xlsx' | undefined; encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'iso-8859-1' | undefined; dialect?: { delimiter?: ',' | ';' | '\t' | '|' | undefined; quote?: '"' | '\'' | '' | undefined; escape?: '"' | '\'' | '\\' | '' | undefined; lineEnd?: '\n' | '\r\n' | '\r' | undefined; header?: boolean | undefined; decimal?: '.' | ',' | undefined; guarded?: boolean | undefined } | undefined; sheet?: string | undefined; header?: boolean | undefined; nullWords?: string[] | undefined; columns?: ({ name?: string | undefined; type?: 'text' | 'text[]' | 'varchar' | 'varchar[]' | 'bpchar' | 'bpchar[]' | 'bool' | 'bool[]' | 'int2' | 'int2[]' | 'int4' | 'int4[]' | 'int8' | 'int8[]' | 'numeric' | 'numeric[]' | 'float4' | 'float4[]' | 'float8' | 'float8[]' | 'date' | 'date[]' | 'time' | 'time[]' | 'timetz' | 'timetz[]' | 'timestamp' | 'timestamp[]' | 'timestamptz' | 'timestamptz[]' | 'interval' | 'interval[]' | 'uuid' | 'uuid[]' | 'json' | 'json[]' | 'jsonb' | 'jsonb[]' | 'bytea' | 'bytea[]' | 'inet' | 'inet[]' | 'tsvector' | 'tsvector[]' | 'int4range' | 'int4range[]' | 'int8range' | 'int8range[]' | 'numrange' | 'numrange[]' | 'daterange' | 'daterange[]' | 'tsrange' | 'tsrange[]' | 'tstzrange' | 'tstzrange[]' | undefined } | null)[] | undefined; key?: string[] | undefined };
    reply: { phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; failure: string | null; detail: string | null; plan: Record<string, unknown> | null };
  };
  'dataset-uploads.correctByKey': {
    params: { upload: string };
    query: undefined;
    body: { format?: 'csv' | 'tsv' | 'json' | 'ndjson' | 'parquet' | 'xlsx' | undefined; encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'iso-8859-1' | undefined; dialect?: { delimiter?: ',' | ';' | '\t' | '|' | undefined; quote?: '"' | '\'' | '' | undefined; escape?: '"' | '\'' | '\\' | '' | undefined; lineEnd?: '\n' | '\r\n' | '\r' | undefined; header?: boolean | undefined; decimal?: '.' | ',' | undefined; guarded?: boolean | undefined } | undefined; sheet?: string | undefined; header?: boolean | undefined; nullWords?: string[] | undefined; columns?: ({ name?: string | undefined; type?: 'text' | 'text[]' | 'varchar' | 'varchar[]' | 'bpchar' | 'bpchar[]' | 'bool' | 'bool[]' | 'int2' | 'int2[]' | 'int4' | 'int4[]' | 'int8' | 'int8[]' | 'numeric' | 'numeric[]' | 'float4' | 'float4[]' | 'float8' | 'float8[]' | 'date' | 'date[]' | 'time' | 'time[]' | 'timetz' | 'timetz[]' | 'timestamp' | 'timestamp[]' | 'timestamptz' | 'timestamptz[]' | 'interval' | 'interval[]' | 'uuid' | 'uuid[]' | 'json' | 'json[]' | 'jsonb' | 'jsonb[]' | 'bytea' | 'bytea[]' | 'inet' | 'inet[]' | 'tsvector' | 'tsvector[]' | 'int4range' | 'int4range[]' | 'int8range' | 'int8range[]' | 'numrange' | 'numrange[]' | 'daterange' | 'daterange[]' | 'tsrange' | 'tsrange[]' | 'tstzrange' | 'tstzrange[]' | undefined } | null)[] | undefined; key?: string[] | undefined };
    reply: { phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; failure: string | null; detail: string | null; plan: Record<string, unknown> | null };
  };
  'dataset-uploads.create': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: Blob;
  };
  'dataset-uploads.createByKey': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: Blob;
  };
  'dataset-uploads.list': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: { items: ({ id: string; filename: string; filetype: string; length: number; offset: number; phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; bytes_done: number; rows: number; rejected: number; ordered: boolean; dataset: string | null; version: number | null; failure: string | null; detail: string | null; created_at: string; expires_at: string })[]; next: null };
  };
  'dataset-uploads.listByKey': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: { items: ({ id: string; filename: string; filetype: string; length: number; offset: number; phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; bytes_done: number; rows: number; rejected: number; ordered: boolean; dataset: string | null; version: number | null; failure: string | null; detail: string | null; created_at: string; expires_at: string })[]; next: null };
  };
  'dataset-uploads.load': {
    params: { company: string; upload: string };
    query: undefined;
    body: { dataset?: string | undefined; new?: { name: string; title?: string | undefined; visibility: 'company' | 'private' } | undefined; mode?: 'replace' | 'append' | undefined; rejected?: 'stop' | 'skip' | undefined; expected_version?: number | undefined };
    reply: { id: string; filename: string; filetype: string; length: number; offset: number; phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; bytes_done: number; rows: number; rejected: number; ordered: boolean; dataset: string | null; version: number | null; failure: string | null; detail: string | null; created_at: string; expires_at: string };
  };
  'dataset-uploads.loadByKey': {
    params: { upload: string };
    query: undefined;
    body: { dataset?: string | undefined; new?: { name: string; title?: string | undefined; visibility?: 'company' | undefined } | undefined; mode?: 'replace' | 'append' | undefined; rejected?: 'stop' | 'skip' | undefined; expected_version?: number | undefined };
    reply: { id: string; filename: string; filetype: string; length: number; offset: number; phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; bytes_done: number; rows: number; rejected: number; ordered: boolean; dataset: string | null; version: number | null; failure: string | null; detail: string | null; created_at: string; expires_at: string };
  };
  'dataset-uploads.plan': {
    params: { company: string; upload: string };
    query: undefined;
    body: undefined;
    reply: { phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; failure: string | null; detail: string | null; plan: Record<string, unknown> | null };
  };
  'dataset-uploads.planByKey': {
    params: { upload: string };
    query: undefined;
    body: undefined;
    reply: { phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; failure: string | null; detail: string | null; plan: Record<string, unknown> | null };
  };
  'dataset-uploads.rejected': {
    params: { company: string; upload: string };
    query: undefined;
    body: undefined;
    reply: Blob;
  };
  'dataset-uploads.rejectedByKey': {
    params: { upload: string };
    query: undefined;
    body: undefined;
    reply: Blob;
  };
  'dataset-uploads.remove': {
    params: { company: string; upload: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'dataset-uploads.removeByKey': {
    params: { upload: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'dataset-uploads.show': {
    params: { company: string; upload: string };
    query: undefined;
    body: undefined;
    reply: { id: string; filename: string; filetype: string; length: number; offset: number; phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; bytes_done: number; rows: number; rejected: number; ordered: boolean; dataset: string | null; version: number | null; failure: string | null; detail: string | null; created_at: string; expires_at: string };
  };
  'dataset-uploads.showByKey': {
    params: { upload: string };
    query: undefined;
    body: undefined;
    reply: { id: string; filename: string; filetype: string; length: number; offset: number; phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; bytes_done: number; rows: number; rejected: number; ordered: boolean; dataset: string | null; version: number | null; failure: string | null; detail: string | null; created_at: string; expires_at: string };
  };
  'dataset-uploads.state': {
    params: { company: string; upload: string };
    query: undefined;
    body: undefined;
    reply: { id: string; filename: string; filetype: string; length: number; offset: number; phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; bytes_done: number; rows: number; rejected: number; ordered: boolean; dataset: string | null; version: number | null; failure: string | null; detail: string | null; created_at: string; expires_at: string };
  };
  'dataset-uploads.stateByKey': {
    params: { upload: string };
    query: undefined;
    body: undefined;
    reply: { id: string; filename: string; filetype: string; length: number; offset: number; phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed'; bytes_done: number; rows: number; rejected: number; ordered: boolean; dataset: string | null; version: number | null; failure: string | null; detail: string | null; created_at: string; expires_at: string };
  };
  'datasets.accept-invitation': {
    params: { company: string };
    query: undefined;
    body: { token: string };
    reply: { dataset: string; dataset_name: string; right: 'read' | 'modify'; until: string | null };
  };
  'datasets.activity': {
    params: { company: string; dataset: string };
    query: { before?: string | undefined; limit?: number | undefined };
    body: undefined;
    reply: { items: ({ id: string; at: string; actor: { id: string; name: string | null; email: string | null } | null; action: string; details: Record<string, string | number | boolean | null> })[]; next: string | null };
  };
  'datasets.addIndex': {
    params: { company: string; dataset: string };
    query: undefined;
    body: { columns: string[] } | { search: true };
    reply: { index: number | null; kind: 'key' | 'columns' | 'search'; columns: string[]; state: 'ready' | 'building' | 'waiting' | 'failed'; progress: number | null; bytes: number | null; failure: 'cell_too_long' | 'disk_full' | 'no_such_column' | null; created_at: string | null; reads: number };
  };
  'datasets.addRows': {
    params: { company: string; dataset: string };
    query: undefined;
    body: unknown;
    reply: Blob;
  };
  'datasets.ask': {
    params: { company: string };
    query: undefined;
    body: { dataset: string; right: 'read' | 'modify' };
    reply: { state: 'asked' };
  };
  'datasets.beginComparison': {
    params: { company: string; dataset: string; a: string; b: string };
    query: undefined;
    body: undefined;
    reply: { id: string; dataset: string; a: number; b: number; phase: 'waiting' | 'comparing' | 'compared' | 'failed'; rows: number; rows_done: number; added: number | null; changed: number | null; removed: number | null; failure: 'right_lost' | 'took_too_long' | 'disk_full' | 'internal_error' | null; created_at: string };
  };
  'datasets.change': {
    params: { company: string; dataset: string };
    query: undefined;
    body: { name?: string | undefined; title?: string | null | undefined; description?: string | null | undefined; visibility?: 'company' | 'private' | undefined; owner?: string | undefined };
    reply: { id: string; name: string; title: string | null; visibility: 'company' | 'private'; company: { id: string; name: string } | null; owner: { user: string; name: string } | null; right: 'read' | 'modify' | 'manage'; reason: 'company_owner' | 'dataset_owner' | 'company_role' | 'grant'; may_be_shared_outside: boolean; version: number; rows: number; column_count: number; created_at: string; changed_at: string; description: string | null; columns: ({ name: string; type: string; label?: string | undefined })[]; key: string[] };
  };
  'datasets.change-grant': {
    params: { company: string; dataset: string; grant: string };
    query: undefined;
    body: { right?: 'read' | 'modify' | undefined; until?: string | null | undefined };
    reply: { id: string; user: string; name: string | null; email: string | null; company: { id: string; name: string | null }; right: 'read' | 'modify'; until: string | null; granted_by: string | null; granted_at: string; counts: boolean };
  };
  'datasets.change-settings': {
    params: { company: string };
    query: undefined;
    body: { outside?: boolean | undefined; reads_logged?: boolean | undefined };
    reply: { outside: boolean; reads_logged: boolean };
  };
  'datasets.change-sharing': {
    params: { company: string; dataset: string };
    query: undefined;
    body: { shared_outside: boolean };
    reply: { shared_outside: boolean; company_allows: boolean; may_be_shared_outside: boolean; people_outside: number };
  };
  'datasets.changeRows': {
    params: { company: string; dataset: string };
    query: undefined;
    body: unknown;
    reply: Blob;
  };
  'datasets.compare': {
    params: { company: string; dataset: string; a: string; b: string };
    query: { after?: string | undefined; limit?: string | undefined };
    body: undefined;
    reply: { added: number; changed: number; removed: number; items: ({ kind: 'added' | 'changed' | 'removed'; key: Record<string, string | null> | null; before: Record<string, string | null> | null; after: Record<string, string | null> | null })[]; next: string | null };
  };
  'datasets.comparedRows': {
    params: { company: string; dataset: string; comparison: string };
    query: { after?: string | undefined; limit?: string | undefined };
    body: undefined;
    reply: { added: number; changed: number; removed: number; items: ({ kind: 'added' | 'changed' | 'removed'; key: Record<string, string | null> | null; before: Record<string, string | null> | null; after: Record<string, string | null> | null })[]; next: string | null };
  };
  'datasets.comparison': {
    params: { company: string; dataset: string; comparison: string };
    query: undefined;
    body: undefined;
    reply: { id: string; dataset: string; a: number; b: number; phase: 'waiting' | 'comparing' | 'compared' | 'failed'; rows: number; rows_done: number; added: number | null; changed: number | null; removed: number | null; failure: 'right_lost' | 'took_too_long' | 'disk_full' | 'internal_error' | null; created_at: string };
  };
  'datasets.create': {
    params: { company: string };
    query: undefined;
    body: { name: string; title?: string | undefined; description?: string | undefined; visibility: 'company' | 'private'; columns?: ({ name: string; type: string; label?: string | undefined })[] | undefined; key?: string[] | undefined };
    reply: { id: string; name: string; title: string | null; visibility: 'company' | 'private'; company: { id: string; name: string } | null; owner: { user: string; name: string } | null; right: 'read' | 'modify' | 'manage'; reason: 'company_owner' | 'dataset_owner' | 'company_role' | 'grant'; may_be_shared_outside: boolean; version: number; rows: number; column_count: number; created_at: string; changed_at: string; description: string | null; columns: ({ name: string; type: string; label?: string | undefined })[]; key: string[] };
  };
  'datasets.decide': {
    params: { company: string; request: string };
    query: undefined;
    body: { decision: 'grant' | 'refuse'; right?: 'read' | 'modify' | undefined; until?: string | undefined; tell?: boolean | undefined };
    reply: undefined;
  };
  'datasets.delete': {
    params: { company: string; dataset: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'datasets.dropIndex': {
    params: { company: string; dataset: string; index: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'datasets.export': {
    params: { company: string; dataset: string };
    query: { format?: 'csv' | 'tsv' | 'ndjson' | 'parquet' | 'xlsx' | undefined; version?: number | undefined; safe?: '0' | '1' | undefined };
    body: undefined;
    reply: Blob;
  };
  'datasets.exportByKey': {
    params: { dataset: string };
    query: { format?: 'csv' | 'tsv' | 'ndjson' | 'parquet' | 'xlsx' | undefined; version?: number | undefined; safe?: '0' | '1' | undefined };
    body: undefined;
    reply: Blob;
  };
  'datasets.grants': {
    params: { company: string; dataset: string };
    query: { after?: string | undefined };
    body: undefined;
    reply: { items: ({ id: string; user: string; name: string | null; email: string | null; company: { id: string; name: string | null }; right: 'read' | 'modify'; until: string | null; granted_by: string | null; granted_at: string; counts: boolean })[]; next: string | null };
  };
  'datasets.indexes': {
    params: { company: string; dataset: string };
    query: undefined;
    body: undefined;
    reply: { items: ({ index: number | null; kind: 'key' | 'columns' | 'search'; columns: string[]; state: 'ready' | 'building' | 'waiting' | 'failed'; progress: number | null; bytes: number | null; failure: 'cell_too_long' | 'disk_full' | 'no_such_column' | null; created_at: string | null; reads: number })[]; suggestions: ({ kind: 'columns' | 'search'; columns: string[]; count: number; why: string })[] };
  };
  'datasets.invitations': {
    params: { company: string; dataset: string };
    query: undefined;
    body: undefined;
    reply: { items: ({ id: string; email: string; right: 'read' | 'modify'; until: string | null; created_at: string; expires_at: string; invited_by: string | null })[]; next: string | null };
  };
  'datasets.invite': {
    params: { company: string; dataset: string };
    query: undefined;
    body: { email: string; right: 'read' | 'modify'; until?: string | undefined };
    reply: { id: string; email: string; right: 'read' | 'modify'; until: string | null; created_at: string; expires_at: string; invited_by: string | null };
  };
  'datasets.list': {
    params: { company: string };
    query: { after?: string | undefined; limit?: string | undefined };
    body: undefined;
    reply: { items: ({ id: string; name: string; title: string | null; visibility: 'company' | 'private'; company: { id: string; name: string } | null; owner: { user: string; name: string } | null; right: 'read' | 'modify' | 'manage'; reason: 'company_owner' | 'dataset_owner' | 'company_role' | 'grant'; may_be_shared_outside: boolean; version: number; rows: number; column_count: number; created_at: string; changed_at: string })[]; next: string | null };
  };
  'datasets.listRows': {
    params: { company: string; dataset: string };
    query: undefined;
    body: undefined;
    reply: Blob;
  };
  'datasets.people': {
    params: { company: string; dataset: string };
    query: { after?: string | undefined; form?: 'list' | 'acl' | undefined };
    body: undefined;
    reply: { items: ({ user: string; name: string | null; email: string | null; company: { id: string; name: string | null }; right: 'read' | 'modify' | 'manage'; reason: 'company_owner' | 'dataset_owner' | 'company_role' | 'grant'; why: string; grant: string | null; until: string | null; you: boolean })[]; next: string | null } | { acl: { viewers: string[]; owners: string[] }; groups: ({ email: string; members: ({ email: string; role: 'OWNER' | 'MEMBER' })[] })[] };
  };
  'datasets.putRow': {
    params: { company: string; dataset: string };
    query: undefined;
    body: unknown;
    reply: Blob;
  };
  'datasets.read-invitation': {
    params: undefined;
    query: undefined;
    body: { token: string };
    reply: { company_name: string; dataset_name: string; email: string; right: 'read' | 'modify'; until: string | null; expires_at: string };
  };
  'datasets.removeRows': {
    params: { company: string; dataset: string };
    query: undefined;
    body: undefined;
    reply: Blob;
  };
  'datasets.requests': {
    params: { company: string };
    query: { dataset?: string | undefined };
    body: undefined;
    reply: { items: ({ id: string; dataset: { id: string; name: string }; email: string; name: string | null; company_name: string; right: 'read' | 'modify'; created_at: string; expires_at: string })[]; next: string | null };
  };
  'datasets.restoration': {
    params: { company: string; dataset: string; restoration: string };
    query: undefined;
    body: undefined;
    reply: { id: string; dataset: string; number: number; phase: 'waiting' | 'restoring' | 'restored' | 'failed'; rows: number; rows_done: number; version: number | null; failure: 'version_conflict' | 'right_lost' | 'disk_full' | 'internal_error' | null; created_at: string };
  };
  'datasets.restore': {
    params: { company: string; dataset: string; number: string };
    query: undefined;
    body: { expected_version?: number | undefined };
    reply: { number: number; kind: 'create' | 'upload' | 'append' | 'edit' | 'restore'; made_at: string; made_by: { user: string | null; key: string | null; name: string } | null; rows: number; added: number | null; changed: number | null; removed: number | null; columns: ({ name: string; type: string; label?: string | undefined })[]; key: string[] } | { id: string; dataset: string; number: number; phase: 'waiting' | 'restoring' | 'restored' | 'failed'; rows: number; rows_done: number; version: number | null; failure: 'version_conflict' | 'right_lost' | 'disk_full' | 'internal_error' | null; created_at: string };
  };
  'datasets.search': {
    params: { company: string; dataset: string };
    query: { q: string; mode?: 'words' | 'part' | undefined };
    body: undefined;
    reply: Blob;
  };
  'datasets.searchByKey': {
    params: { dataset: string };
    query: { q: string; mode?: 'words' | 'part' | undefined };
    body: undefined;
    reply: Blob;
  };
  'datasets.settings': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: { outside: boolean; reads_logged: boolean };
  };
  'datasets.share': {
    params: { company: string; dataset: string };
    query: undefined;
    body: { user: string; right: 'read' | 'modify'; until?: string | undefined };
    reply: { id: string; user: string; name: string | null; email: string | null; company: { id: string; name: string | null }; right: 'read' | 'modify'; until: string | null; granted_by: string | null; granted_at: string; counts: boolean };
  };
  'datasets.sharing': {
    params: { company: string; dataset: string };
    query: undefined;
    body: undefined;
    reply: { shared_outside: boolean; company_allows: boolean; may_be_shared_outside: boolean; people_outside: number };
  };
  'datasets.show': {
    params: { company: string; dataset: string };
    query: undefined;
    body: undefined;
    reply: { id: string; name: string; title: string | null; visibility: 'company' | 'private'; company: { id: string; name: string } | null; owner: { user: string; name: string } | null; right: 'read' | 'modify' | 'manage'; reason: 'company_owner' | 'dataset_owner' | 'company_role' | 'grant'; may_be_shared_outside: boolean; version: number; rows: number; column_count: number; created_at: string; changed_at: string; description: string | null; columns: ({ name: string; type: string; label?: string | undefined })[]; key: string[] };
  };
  'datasets.statistics': {
    params: { company: string; dataset: string };
    query: { column?: string | undefined };
    body: undefined;
    reply: { version: number; rows: number; is_sampled: boolean; items: ({ column: string; type: string; is_complete: boolean; seen: number | null; nulls: number | null; empty: number | null; distinct: number | null; distinct_is_estimate: boolean; min: string | null; max: string | null; mean: string | null; quantiles: string[] | null; most_common: { value: string; count: number }[] | null; histogram: { from: string; to: string; count: number }[] | null })[] };
  };
  'datasets.statisticsByKey': {
    params: { dataset: string };
    query: { column?: string | undefined };
    body: undefined;
    reply: { version: number; rows: number; is_sampled: boolean; items: ({ column: string; type: string; is_complete: boolean; seen: number | null; nulls: number | null; empty: number | null; distinct: number | null; distinct_is_estimate: boolean; min: string | null; max: string | null; mean: string | null; quantiles: string[] | null; most_common: { value: string; count: number }[] | null; histogram: { from: string; to: string; count: number }[] | null })[] };
  };
  'datasets.unshare': {
    params: { company: string; dataset: string; grant: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'datasets.version': {
    params: { company: string; dataset: string; number: string };
    query: undefined;
    body: undefined;
    reply: { number: number; kind: 'create' | 'upload' | 'append' | 'edit' | 'restore'; made_at: string; made_by: { user: string | null; key: string | null; name: string } | null; rows: number; added: number | null; changed: number | null; removed: number | null; columns: ({ name: string; type: string; label?: string | undefined })[]; key: string[] };
  };
  'datasets.versions': {
    params: { company: string; dataset: string };
    query: { after?: string | undefined; limit?: string | undefined };
    body: undefined;
    reply: { items: ({ number: number; kind: 'create' | 'upload' | 'append' | 'edit' | 'restore'; made_at: string; made_by: { user: string | null; key: string | null; name: string } | null; rows: number; added: number | null; changed: number | null; removed: number | null })[]; next: string | null };
  };
  'datasets.withdraw-invitation': {
    params: { company: string; dataset: string; invitation: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'deliveries.list': {
    params: { company: string; webhook: string };
    query: { before?: string | undefined };
    body: undefined;
    reply: { items: ({ id: string; webhook: string; type: string; created_at: string; state: 'waiting' | 'delivered' | 'failed'; attempts: number; attempted_at: string | null; next_at: string | null; ended_at: string | null; status: number | null; reason: string | null; can_resend: boolean })[]; next: string | null };
  };
  'deliveries.resend': {
    params: { company: string; webhook: string; delivery: string };
    query: undefined;
    body: undefined;
    reply: { id: string; webhook: string; type: string; created_at: string; state: 'waiting' | 'delivered' | 'failed'; attempts: number; attempted_at: string | null; next_at: string | null; ended_at: string | null; status: number | null; reason: string | null; can_resend: boolean };
  };
  'domains.change': {
    params: { company: string; project: string };
    query: undefined;
    body: { allow_localhost: boolean };
    reply: { items: ({ id: string; origin: string; created_at: string; last_called_at: string | null; calls: number; is_unused: boolean })[]; next: string | null; allow_localhost: boolean };
  };
  'domains.create': {
    params: { company: string; project: string };
    query: undefined;
    body: { domain: string };
    reply: { id: string; origin: string; created_at: string; last_called_at: string | null; calls: number; is_unused: boolean };
  };
  'domains.list': {
    params: { company: string; project: string };
    query: undefined;
    body: undefined;
    reply: { items: ({ id: string; origin: string; created_at: string; last_called_at: string | null; calls: number; is_unused: boolean })[]; next: string | null; allow_localhost: boolean };
  };
  'domains.remove': {
    params: { company: string; project: string; domain: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'email-changes.confirm': {
    params: undefined;
    query: undefined;
    body: { token: string };
    reply: { sessions_ended: number };
  };
  'exposed-keys.report': {
    params: undefined;
    query: undefined;
    body: { secret: string };
    reply: { taken: true };
  };
  'factors.show': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: { password: boolean; totp: { since: string } | null; passkeys: ({ id: string; name: string; created_at: string; last_used_on: string | null; synced: boolean })[]; recovery_codes_left: number };
  };
  'geocoding.batch': {
    params: undefined;
    query: undefined;
    body: string;
    reply: Blob;
  };
  'geocoding.search': {
    params: undefined;
    query: { street?: string | undefined; housenumber?: string | undefined; city?: string | undefined; county?: string | undefined; state?: string | undefined; country?: string | undefined; postcode?: string | undefined; key?: string | undefined; abbrv?: '0' | '1' | 'true' | 'false' | '' | undefined; address_only?: '0' | '1' | 'true' | 'false' | '' | undefined; autocomplete?: '0' | '1' | 'true' | 'false' | '' | undefined; bounds?: string | undefined; countrycode?: string | undefined; fuzzy?: '0' | '1' | 'true' | 'false' | '' | undefined; language?: string | undefined; limit?: number | undefined; min_confidence?: number | undefined; no_annotations?: '0' | '1' | 'true' | 'false' | '' | undefined; no_dedupe?: '0' | '1' | 'true' | 'false' | '' | undefined; no_record?: '0' | '1' | 'true' | 'false' | '' | undefined; pretty?: '0' | '1' | 'true' | 'false' | '' | undefined; proximity?: string | undefined; roadinfo?: '0' | '1' | 'true' | 'false' | '' | undefined };
    body: undefined;
    reply: { documentation: string; licenses: { name: string; url: string }[]; rate?: { limit: number; remaining: number; reset: number } | undefined; request?: Record<string, string | number> | undefined; results: ({ annotations?: { DMS?: { lat: string; lng: string } | undefined; FIPS?: { county?: string | undefined; state: string } | undefined; H3?: string | undefined; MGRS?: string | undefined; Maidenhead?: string | undefined; Mercator?: { x: number; y: number } | undefined; NUTS?: { NUTS0: { code: string }; NUTS1: { code: string }; NUTS2: { code: string }; NUTS3: { code: string } } | undefined; OSM?: { note_url: string; url: string } | undefined; UN_M49?: { regions: Record<string, string>; statistical_groupings: ('LDC' | 'LEDC' | 'LLDC' | 'MEDC' | 'SIDS')[] } | undefined; callingcode?: number | undefined; currency?: { alternate_symbols: string[]; decimal_mark: string; disambiguate_symbol?: string | undefined; html_entity: string; iso_code: string; iso_numeric: string; name: string; smallest_denomination: number; subunit: string; subunit_to_unit: number; symbol: string; symbol_first: 0 | 1; thousands_separator: string } | undefined; flag?: string | undefined; geohash?: string | undefined; qibla?: number | undefined; roadinfo?: { drive_on: 'left' | 'right'; lanes?: number | undefined; maxheight?: string | undefined; maxspeed?: string | undefined; maxweight?: number | undefined; maxwidth?: number | undefined; minspeed?: string | undefined; oneway?: 0 | 1 | undefined; road?: string | undefined; road_reference?: string | undefined; road_type?: string | undefined; speed_in: 'km/h' | 'mph'; surface?: string | undefined; toll?: 'yes' | 'no' | undefined; tunnel?: 'yes' | 'no' | undefined; width?: number | undefined } | undefined; sun?: { rise: { apparent: number; astronomical: number; civil: number; nautical: number }; set: { apparent: number; astronomical: number; civil: number; nautical: number } } | undefined; timezone?: { name: string; now_in_dst: 0 | 1; offset_sec: number; offset_string: string; short_name: string } | undefined; wikidata?: string | undefined } | undefined; bounds: { northeast: { lat: number; lng: number }; southwest: { lat: number; lng: number } }; components: { 'ISO_3166-1_alpha-2'?: string | undefined; 'ISO_3166-1_alpha-3'?: string | undefined; 'ISO_3166-2'?: string[] | undefined; _category: 'unknown' | 'agriculture' | 'building' | 'commerce' | 'construction' | 'education' | 'fictitious' | 'financial' | 'government' | 'health' | 'industrial' | 'military' | 'natural/water' | 'outdoors/recreation' | 'place' | 'place_of_worship' | 'postcode' | 'road' | 'social' | 'transportation' | 'travel/tourism'; _normalized_city?: string | undefined; _type: string; city?: string | undefined; continent?: string | undefined; country?: string | undefined; country_code?: string | undefined; county?: string | undefined; hamlet?: string | undefined; house_number?: string | undefined; municipality?: string | undefined; political_union?: string | undefined; postcode?: string | undefined; road?: string | undefined; road_type?: string | undefined; state?: string | undefined; state_code?: string | undefined; suburb?: string | undefined; town?: string | undefined; village?: string | undefined }; confidence: number; distance_from_q?: { meters: number } | undefined; formatted: string; geometry: { lat: number; lng: number } })[]; status: { code: number; message: string; become_a_customer?: string | undefined }; stay_informed: { blog: string; mastodon: string }; thanks: string; timestamp: { created_http: string; created_unix: number }; total_results: number };
  };
  'invitations.accept': {
    params: undefined;
    query: undefined;
    body: { token: string; password?: string | undefined; name?: string | undefined };
    reply: { state: 'signed_in'; user: { id: string; email: string; name: string | null }; memberships: ({ company: string; name: string; role: 'owner' | 'admin' | 'member' | 'viewer'; requires_second_factor: boolean })[]; recovery_codes_left?: number | undefined };
  };
  'invitations.create': {
    params: { company: string };
    query: undefined;
    body: { email: string; role: 'owner' | 'admin' | 'member' | 'viewer' };
    reply: { id: string; email: string; role: 'owner' | 'admin' | 'member' | 'viewer'; created_at: string; expires_at: string; invited_by: string | null };
  };
  'invitations.list': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: { items: ({ id: string; email: string; role: 'owner' | 'admin' | 'member' | 'viewer'; created_at: string; expires_at: string; invited_by: string | null })[]; next: string | null };
  };
  'invitations.read': {
    params: undefined;
    query: undefined;
    body: { token: string };
    reply: { company_name: string; email: string; role: 'owner' | 'admin' | 'member' | 'viewer'; has_account: boolean; expires_at: string };
  };
  'invitations.withdraw': {
    params: { company: string; invitation: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'key-reveals.read': {
    params: undefined;
    query: undefined;
    body: { token: string };
    reply: { company: string; company_name: string; project_name: string; key: { id: string; project: string; name: string; public_key: string; scopes: string[]; networks: string[]; per_second: number | null; per_day: number | null; created_at: string; created_by: string | null; last_used_at: string | null; expires_at: string | null; revoked_at: string | null; exposed_at: string | null; previous_secret_expires_at: string | null }; expires_at: string };
  };
  'key-reveals.use': {
    params: undefined;
    query: undefined;
    body: { token: string; overlap_hours?: number | undefined };
    reply: { key: { id: string; project: string; name: string; public_key: string; scopes: string[]; networks: string[]; per_second: number | null; per_day: number | null; created_at: string; created_by: string | null; last_used_at: string | null; expires_at: string | null; revoked_at: string | null; exposed_at: string | null; previous_secret_expires_at: string | null }; secret: string };
  };
  'keys.change': {
    params: { company: string; key: string };
    query: undefined;
    body: { name?: string | undefined; scopes?: ('geocoding:read' | 'visitor:read' | 'datasets:read' | 'datasets:write')[] | undefined; networks?: string[] | undefined; expires_at?: string | null | undefined; per_second?: number | null | undefined; per_day?: number | null | undefined };
    reply: { id: string; project: string; name: string; public_key: string; scopes: string[]; networks: string[]; per_second: number | null; per_day: number | null; created_at: string; created_by: string | null; last_used_at: string | null; expires_at: string | null; revoked_at: string | null; exposed_at: string | null; previous_secret_expires_at: string | null };
  };
  'keys.create': {
    params: { company: string; project: string };
    query: undefined;
    body: { name: string; scopes?: ('geocoding:read' | 'visitor:read' | 'datasets:read' | 'datasets:write')[] | undefined; networks?: string[] | undefined; expires_at?: string | null | undefined; per_second?: number | null | undefined; per_day?: number | null | undefined };
    reply: { key: { id: string; project: string; name: string; public_key: string; scopes: string[]; networks: string[]; per_second: number | null; per_day: number | null; created_at: string; created_by: string | null; last_used_at: string | null; expires_at: string | null; revoked_at: string | null; exposed_at: string | null; previous_secret_expires_at: string | null }; secret: string };
  };
  'keys.list': {
    params: { company: string };
    query: { project?: string | undefined; before?: string | undefined };
    body: undefined;
    reply: { items: ({ id: string; project: string; name: string; public_key: string; scopes: string[]; networks: string[]; per_second: number | null; per_day: number | null; created_at: string; created_by: string | null; last_used_at: string | null; expires_at: string | null; revoked_at: string | null; exposed_at: string | null; previous_secret_expires_at: string | null })[]; next: string | null };
  };
  'keys.revoke': {
    params: { company: string; key: string };
    query: undefined;
    body: undefined;
    reply: { id: string; project: string; name: string; public_key: string; scopes: string[]; networks: string[]; per_second: number | null; per_day: number | null; created_at: string; created_by: string | null; last_used_at: string | null; expires_at: string | null; revoked_at: string | null; exposed_at: string | null; previous_secret_expires_at: string | null };
  };
  'keys.rotate': {
    params: { company: string; key: string };
    query: undefined;
    body: { overlap_hours?: number | undefined; expected_previous_secret_expires_at?: string | null | undefined };
    reply: { key: { id: string; project: string; name: string; public_key: string; scopes: string[]; networks: string[]; per_second: number | null; per_day: number | null; created_at: string; created_by: string | null; last_used_at: string | null; expires_at: string | null; revoked_at: string | null; exposed_at: string | null; previous_secret_expires_at: string | null }; secret: string };
  };
  'logs.change': {
    params: { company: string; project: string };
    query: undefined;
    body: { days?: number | null | undefined; queries?: boolean | undefined };
    reply: { days: number | null; queries: boolean; since: string | null; kept_days: number | null };
  };
  'logs.delete': {
    params: { company: string; project: string };
    query: undefined;
    body: undefined;
    reply: { deleted: number };
  };
  'logs.export': {
    params: { company: string; project: string };
    query: undefined;
    body: { operation?: string | undefined; status?: string | undefined };
    reply: Blob;
  };
  'logs.list': {
    params: { company: string; project: string };
    query: { before?: string | undefined; limit?: number | undefined; operation?: string | undefined; status?: string | undefined };
    body: undefined;
    reply: { items: ({ id: string; at: string; operation: string; status: number; duration_us: number; key: string | null; query: string | null })[]; next: string | null; logging: { days: number | null; queries: boolean; since: string | null; kept_days: number | null } };
  };
  'members.change': {
    params: { company: string; user: string };
    query: undefined;
    body: { role: 'owner' | 'admin' | 'member' | 'viewer'; expected_role: 'owner' | 'admin' | 'member' | 'viewer' };
    reply: { user: string; email: string; name: string | null; role: 'owner' | 'admin' | 'member' | 'viewer'; joined_at: string; second_factor: boolean; you: boolean };
  };
  'members.leave': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'members.list': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: { items: ({ user: string; email: string; name: string | null; role: 'owner' | 'admin' | 'member' | 'viewer'; joined_at: string; second_factor: boolean; you: boolean })[]; next: string | null };
  };
  'members.remove': {
    params: { company: string; user: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'passkeys.create': {
    params: undefined;
    query: undefined;
    body: { name: string; response: { id: string; rawId: string; type: 'public-key'; authenticatorAttachment?: string | null | undefined; clientExtensionResults?: Record<string, unknown> | undefined; response: { clientDataJSON: string; attestationObject: string; transports?: string[] | undefined } } };
    reply: { passkey: { id: string; name: string; created_at: string; last_used_on: string | null; synced: boolean }; recovery_codes: string[] | null };
  };
  'passkeys.options': {
    params: undefined;
    query: undefined;
    body: Record<string, never>;
    reply: { options: Record<string, unknown> };
  };
  'passkeys.remove': {
    params: { passkey: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'passkeys.rename': {
    params: { passkey: string };
    query: undefined;
    body: { name: string };
    reply: { id: string; name: string; created_at: string; last_used_on: string | null; synced: boolean };
  };
  'password-resets.complete': {
    params: undefined;
    query: undefined;
    body: { token: string; password: string };
    reply: Record<string, never>;
  };
  'password-resets.create': {
    params: undefined;
    query: undefined;
    body: { email: string };
    reply: Record<string, never>;
  };
  'playground.ask': {
    params: { company: string; project: string };
    query: undefined;
    body: { path: '/geocode/v1/json' | '/geocode/v1/geojson' | '/geocode/v1/xml' | '/geocode/v1/google-v3-json' | '/geosearch' | '/v1/visitor' | string; parameters: Record<string, string> };
    reply: { status: number; type: string; body: string; duration_ms: number };
  };
  'projects.change': {
    params: { company: string; project: string };
    query: undefined;
    body: { name: string };
    reply: { id: string; name: string; created_at: string; keys: number; per_second: number; burst: number; per_day: number | null; per_month: number | null; is_soft: boolean; plan: string | null; used_today: number; used_this_month: number; over_quota: boolean };
  };
  'projects.create': {
    params: { company: string };
    query: undefined;
    body: { name: string };
    reply: { id: string; name: string; created_at: string; keys: number; per_second: number; burst: number; per_day: number | null; per_month: number | null; is_soft: boolean; plan: string | null; used_today: number; used_this_month: number; over_quota: boolean };
  };
  'projects.delete': {
    params: { company: string; project: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'projects.list': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: { items: ({ id: string; name: string; created_at: string; keys: number; per_second: number; burst: number; per_day: number | null; per_month: number | null; is_soft: boolean; plan: string | null; used_today: number; used_this_month: number; over_quota: boolean })[]; next: string | null };
  };
  'projects.show': {
    params: { company: string; project: string };
    query: undefined;
    body: undefined;
    reply: { id: string; name: string; created_at: string; keys: number; per_second: number; burst: number; per_day: number | null; per_month: number | null; is_soft: boolean; plan: string | null; used_today: number; used_this_month: number; over_quota: boolean };
  };
  'recovery-codes.replace': {
    params: undefined;
    query: undefined;
    body: Record<string, never>;
    reply: { recovery_codes: string[] };
  };
  'roles.list': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: { roles: ({ role: 'owner' | 'admin' | 'member' | 'viewer'; permissions: string[] })[]; permissions: { permission: string; description: string }[] };
  };
  'second-factor.passkey-options': {
    params: undefined;
    query: undefined;
    body: Record<string, never>;
    reply: { options: Record<string, unknown> };
  };
  'second-factor.prove': {
    params: undefined;
    query: undefined;
    body: { totp?: string | undefined; passkey?: { id: string; rawId: string; type: 'public-key'; authenticatorAttachment?: string | null | undefined; clientExtensionResults?: Record<string, unknown> | undefined; response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string | null | undefined } } | undefined; recovery_code?: string | undefined };
    reply: { state: 'signed_in'; user: { id: string; email: string; name: string | null }; memberships: ({ company: string; name: string; role: 'owner' | 'admin' | 'member' | 'viewer'; requires_second_factor: boolean })[]; recovery_codes_left?: number | undefined };
  };
  'session.end': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'session.proof-options': {
    params: undefined;
    query: undefined;
    body: Record<string, never>;
    reply: { options: Record<string, unknown> };
  };
  'session.prove': {
    params: undefined;
    query: undefined;
    body: { password?: string | undefined; totp?: string | undefined; passkey?: { id: string; rawId: string; type: 'public-key'; authenticatorAttachment?: string | null | undefined; clientExtensionResults?: Record<string, unknown> | undefined; response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string | null | undefined } } | undefined };
    reply: { fresh_until: string };
  };
  'session.show': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: { id: string; user: { id: string; email: string; name: string | null }; memberships: ({ company: string; name: string; role: 'owner' | 'admin' | 'member' | 'viewer'; requires_second_factor: boolean })[]; fresh_until: string; second_factor: boolean; recovery_codes_left: number };
  };
  'sessions.create': {
    params: undefined;
    query: undefined;
    body: { email: string; password: string };
    reply: { state: 'signed_in'; user: { id: string; email: string; name: string | null }; memberships: ({ company: string; name: string; role: 'owner' | 'admin' | 'member' | 'viewer'; requires_second_factor: boolean })[]; recovery_codes_left?: number | undefined } | { state: 'second_factor'; methods: ('totp' | 'passkey' | 'recovery_code')[] };
  };
  'sessions.create-with-passkey': {
    params: undefined;
    query: undefined;
    body: { response: { id: string; rawId: string; type: 'public-key'; authenticatorAttachment?: string | null | undefined; clientExtensionResults?: Record<string, unknown> | undefined; response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string | null | undefined } } };
    reply: { state: 'signed_in'; user: { id: string; email: string; name: string | null }; memberships: ({ company: string; name: string; role: 'owner' | 'admin' | 'member' | 'viewer'; requires_second_factor: boolean })[]; recovery_codes_left?: number | undefined };
  };
  'sessions.end': {
    params: { session: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'sessions.end-others': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: { ended: number };
  };
  'sessions.list': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: { items: { id: string; current: boolean; created_at: string; last_seen_at: string; browser: string; platform: string; second_factor: boolean }[]; next: null };
  };
  'sessions.passkey-options': {
    params: undefined;
    query: undefined;
    body: Record<string, never>;
    reply: { options: Record<string, unknown> };
  };
  'sign-ups.confirm': {
    params: undefined;
    query: undefined;
    body: { token: string; password?: string | undefined; passkey?: { name: string; response: { id: string; rawId: string; type: 'public-key'; authenticatorAttachment?: string | null | undefined; clientExtensionResults?: Record<string, unknown> | undefined; response: { clientDataJSON: string; attestationObject: string; transports?: string[] | undefined } } } | undefined };
    reply: { state: 'signed_in'; user: { id: string; email: string; name: string | null }; memberships: ({ company: string; name: string; role: 'owner' | 'admin' | 'member' | 'viewer'; requires_second_factor: boolean })[]; recovery_codes_left?: number | undefined };
  };
  'sign-ups.create': {
    params: undefined;
    query: undefined;
    body: { email: string; password?: string | undefined; company_name: string };
    reply: Record<string, never>;
  };
  'sign-ups.passkey-options': {
    params: undefined;
    query: undefined;
    body: { token: string };
    reply: { options: Record<string, unknown> };
  };
  'sign-ups.read': {
    params: undefined;
    query: undefined;
    body: { token: string };
    reply: { email: string; company_name: string; needs: 'password' | 'passkey' | 'nothing' };
  };
  'totp.confirm': {
    params: undefined;
    query: undefined;
    body: { code: string };
    reply: { recovery_codes: string[] | null };
  };
  'totp.remove': {
    params: undefined;
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'totp.start': {
    params: undefined;
    query: undefined;
    body: Record<string, never>;
    reply: { secret: string; uri: string };
  };
  'usage.export': {
    params: { company: string };
    query: { from?: string | undefined; to?: string | undefined; project?: string | undefined; key?: 'none' | string | undefined };
    body: undefined;
    reply: Blob;
  };
  'usage.show': {
    params: { company: string };
    query: { from?: string | undefined; to?: string | undefined; project?: string | undefined; key?: 'none' | string | undefined; interval?: 'day' | 'month' | undefined };
    body: undefined;
    reply: { interval: 'day' | 'month'; from: string; to: string; today: { ok: number; refused: number; failed: number }; month: { ok: number; refused: number; failed: number }; total: { ok: number; refused: number; failed: number; durations: { p50: { estimate_ms: number; at_most_ms: number | null }; p90: { estimate_ms: number; at_most_ms: number | null }; p99: { estimate_ms: number; at_most_ms: number | null } } | null }; days: { day: string; ok: number; refused: number; failed: number }[]; months: { month: string; ok: number; refused: number; failed: number }[]; operations: ({ operation: string; ok: number; refused: number; failed: number; durations: { p50: { estimate_ms: number; at_most_ms: number | null }; p90: { estimate_ms: number; at_most_ms: number | null }; p99: { estimate_ms: number; at_most_ms: number | null } } | null })[]; keys: ({ key: string | null; name: string | null; project: string; ok: number; refused: number; failed: number; durations: { p50: { estimate_ms: number; at_most_ms: number | null }; p90: { estimate_ms: number; at_most_ms: number | null }; p99: { estimate_ms: number; at_most_ms: number | null } } | null })[] };
  };
  'usage.unusual': {
    params: { company: string };
    query: { project?: string | undefined };
    body: undefined;
    reply: { items: ({ kind: 'busy' | 'domain' | 'refused' | 'failed'; project: string; project_name: string; operation: string | null; domain: { id: string; origin: string | null } | null; day: string; figure: number; total: number | null; usual: { low: number; high: number } | null; found_at: string; sentence: string })[]; next: string | null };
  };
  'visitor.batch': {
    params: undefined;
    query: undefined;
    body: { addresses: string[]; fields?: string | undefined };
    reply: Blob;
  };
  'visitor.lookup': {
    params: { address: string };
    query: { fields?: string | undefined };
    body: undefined;
    reply: { address: string; version: number; special_use?: string | undefined; country?: { code: string; name: string; native_name: string; continent: { code: string; name: string }; is_eu: boolean; calling_code?: string | undefined; flag: string; capital?: string | undefined; currency?: { code: string; name: string; symbol: string; decimals: number; decimal_separator: string; group_separator: string; prefix: string; suffix: string; format: string } | undefined; currencies: string[]; languages: { code: string; name: string; native_name: string }[] } | undefined; region?: { code?: string | undefined; name?: string | undefined } | undefined; city?: string | undefined; postcode?: string | undefined; location?: { latitude: number; longitude: number; accuracy_km?: number | undefined } | undefined; time_zone?: { id: string; abbreviation: string; utc_offset_seconds: number; local_time: string; is_dst: boolean } | undefined; network?: { asn?: number | undefined; organisation?: string | undefined; kinds: ('hosting' | 'vpn' | 'proxy' | 'tor_exit' | 'relay' | 'satellite' | 'mobile')[] } | undefined };
  };
  'visitor.own': {
    params: undefined;
    query: { fields?: string | undefined };
    body: undefined;
    reply: { address?: string | undefined; version?: number | undefined; special_use?: string | undefined; country?: { code: string; name: string; native_name: string; continent: { code: string; name: string }; is_eu: boolean; calling_code?: string | undefined; flag: string; capital?: string | undefined; currency?: { code: string; name: string; symbol: string; decimals: number; decimal_separator: string; group_separator: string; prefix: string; suffix: string; format: string } | undefined; currencies: string[]; languages: { code: string; name: string; native_name: string }[] } | undefined; region?: { code?: string | undefined; name?: string | undefined } | undefined; city?: string | undefined; postcode?: string | undefined; location?: { latitude: number; longitude: number; accuracy_km?: number | undefined } | undefined; time_zone?: { id: string; abbreviation: string; utc_offset_seconds: number; local_time: string; is_dst: boolean } | undefined; network?: { asn?: number | undefined; organisation?: string | undefined; kinds: ('hosting' | 'vpn' | 'proxy' | 'tor_exit' | 'relay' | 'satellite' | 'mobile')[] } | undefined; user_agent?: { browser: { name?: string | undefined; version?: string | undefined; major?: string | undefined }; os: { name?: string | undefined; version?: string | undefined }; device: { type: 'desktop' | 'mobile' | 'tablet' | 'tv' | 'console' | 'watch' | 'bot' | 'other'; brand?: string | undefined; model?: string | undefined; family?: string | undefined }; bot: { is_bot: boolean; name?: string | undefined; category?: string | undefined } } | undefined };
  };
  'webhooks.change': {
    params: { company: string; webhook: string };
    query: undefined;
    body: { url?: string | undefined; description?: '' | string | undefined; events?: ('auth.failures' | 'auth.success_after_failures' | 'dataset.load_failed' | 'dataset.published' | 'dataset.requested' | 'dataset.share_changed' | 'dataset.share_ended' | 'dataset.shared' | 'key.rotated' | 'usage.unusual')[] | undefined; is_enabled?: boolean | undefined };
    reply: { id: string; url: string; description: string; events: string[]; is_enabled: boolean; disabled_because: 'gone' | 'failing' | null; failing_since: string | null; previous_secret_expires_at: string | null; created_at: string };
  };
  'webhooks.create': {
    params: { company: string };
    query: undefined;
    body: { url: string; description?: '' | string | undefined; events: ('auth.failures' | 'auth.success_after_failures' | 'dataset.load_failed' | 'dataset.published' | 'dataset.requested' | 'dataset.share_changed' | 'dataset.share_ended' | 'dataset.shared' | 'key.rotated' | 'usage.unusual')[] };
    reply: { webhook: { id: string; url: string; description: string; events: string[]; is_enabled: boolean; disabled_because: 'gone' | 'failing' | null; failing_since: string | null; previous_secret_expires_at: string | null; created_at: string }; secret: string };
  };
  'webhooks.list': {
    params: { company: string };
    query: undefined;
    body: undefined;
    reply: { items: ({ id: string; url: string; description: string; events: string[]; is_enabled: boolean; disabled_because: 'gone' | 'failing' | null; failing_since: string | null; previous_secret_expires_at: string | null; created_at: string })[]; next: string | null };
  };
  'webhooks.remove': {
    params: { company: string; webhook: string };
    query: undefined;
    body: undefined;
    reply: undefined;
  };
  'webhooks.rotate': {
    params: { company: string; webhook: string };
    query: undefined;
    body: { expected_previous_secret_expires_at?: string | null | undefined };
    reply: { webhook: { id: string; url: string; description: string; events: string[]; is_enabled: boolean; disabled_because: 'gone' | 'failing' | null; failing_since: string | null; previous_secret_expires_at: string | null; created_at: string }; secret: string };
  };
  'webhooks.test': {
    params: { company: string; webhook: string };
    query: undefined;
    body: undefined;
    reply: { id: string; webhook: string; type: string; created_at: string; state: 'waiting' | 'delivered' | 'failed'; attempts: number; attempted_at: string | null; next_at: string | null; ended_at: string | null; status: number | null; reason: string | null; can_resend: boolean };
  };
}
