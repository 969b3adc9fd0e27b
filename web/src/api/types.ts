/** Documents of the API as this app reads them. */
export type Level = "group" | "project" | "subject" | "session" | "acquisition" | "analysis" | "collection";
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Info = { [key: string]: Json };
export type Parents = Partial<Record<Level, string | null>>;

export interface Note {
  _id: string;
  text: string;
  user: string;
  firstname?: string | null;
  lastname?: string | null;
  created: string;
  modified?: string | null;
}

export interface FileDoc {
  _id: string;
  file_id: string;
  version: number;
  name: string;
  type: string | null;
  mimetype: string | null;
  modality: string | null;
  classification: Record<string, string[]>;
  tags: string[];
  info: Info;
  info_exists: boolean;
  size: number;
  hash: string;
  zip_member_count: number | null;
  parent_ref: { type: Level; id: string };
  parents: Parents;
  origin: { type: string; id: string | null };
  created: string;
  modified: string;
  revision?: number;
}

export interface FileVersion {
  file_id: string;
  version: number;
  created: string;
  origin: { type: string; id: string | null };
  size?: number;
  deleted: string | null;
}

interface Container {
  _id: string;
  container_type: Level;
  label: string;
  parents: Parents;
  tags: string[];
  created: string;
  modified: string;
  revision: number;
  info: Info;
  notes: Note[];
  files?: FileDoc[];
}

export interface Group {
  _id: string;
  label: string;
}

export interface Permission {
  _id: string;
  role_ids: string[];
}

export interface Project extends Container {
  container_type: "project";
  group: string;
  group_info?: { _id: string; label: string } | null;
  description: string | null;
  permissions?: Permission[];
  stats?: { number_of?: Partial<Record<"subjects" | "sessions" | "acquisitions" | "files", number>> } | null;
}

export interface Subject extends Container {
  container_type: "subject";
  project: string;
  code: string | null;
  firstname: string | null;
  lastname: string | null;
  sex: string | null;
  cohort: string | null;
  type: string | null;
}

interface Timed {
  uid: string | null;
  timestamp: string | null;
  timezone: string | null;
}

export interface Session extends Container, Timed {
  container_type: "session";
  project: string;
  group: string;
  subject: Subject | null;
  age: number | null;
  weight: number | null;
  operator: string | null;
  satisfies_template?: boolean | null;
}

export interface Acquisition extends Container, Timed {
  container_type: "acquisition";
  session: string;
}

export type AnyContainer = Project | Subject | Session | Acquisition;

export interface Page<T> {
  count: number;
  total: number;
  results: T[];
}

export interface ApiKey {
  label: string;
  key: string;
  created: string;
  last_used: string | null;
  expires_at: string | null;
}

export interface User {
  _id: string;
  firstname: string;
  lastname: string;
  email: string;
  roles: string[];
  root: boolean;
  disabled: boolean;
  api_keys?: ApiKey[];
  lastlogin?: string | null;
  created?: string | null;
}

export interface Me {
  user: User;
  csrf: string | null;
  site: { name: string; dicom: { ae_title: string; port: number } };
}

export interface Ticket {
  ticket: string;
  filename?: string;
  file_cnt: number;
  size: number;
}

export interface Instance {
  sop_uid: string;
  sop_class_uid: string;
  number: number | null;
  position: number[] | null;
  orientation: number[] | null;
  frames: number;
  rows: number;
  columns: number;
  transfer_syntax: string;
}

interface Labelled {
  _id: string;
  label: string;
}

export interface Misrouted {
  session: Labelled & { timestamp: string | null };
  subject: Labelled | null;
  project: Labelled | null;
  group: string | null;
  reason: string | null;
  flags: string[];
  requested: Partial<Record<"group" | "project" | "subject" | "session", string | null>>;
  received_at: string | null;
  device: string | null;
}
