/** Documents of the API as this app reads them: the generated ones, and what those leave open. */
import type { components } from "@/api/schema.gen";

type Schemas = components["schemas"];

/** The described fields alone, always there as the server writes them, with these narrowed. */
type Document<Name extends keyof Schemas, Narrowed = object> = Narrowed & {
  [Key in keyof Schemas[Name] as string extends Key
    ? never
    : Key extends keyof Narrowed
      ? never
      : Key]-?: Exclude<Schemas[Name][Key], undefined>;
};

export type Level = "group" | "project" | "subject" | "session" | "acquisition" | "analysis" | "collection";
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Info = { [key: string]: Json };
export type Parents = Partial<Record<Level, string | null>>;
export type Note = Document<"NoteDocument">;
export type ApiKey = Document<"KeyDocument">;
export type Enrolment = Document<"EnrolmentDocument">;
export type LoginMethods = Document<"LoginMethods", { me: Me | null }>;
export type SecondFactor = Document<"SecondFactorDocument">;
export type Notification = Document<"Notification">;
export type Notifications = Document<"Notifications", { notifications: Notification[] }>;
export type FileVersion = Document<"FileVersion">;

export type FileDoc = Document<
  "FileDocument",
  {
    info: Info;
    parents: Parents;
    parent_ref: { type: Level; id: string };
    classification: Record<string, string[]>;
    deid: Deid | null;
  }
>;

/** By what a file was de-identified, and where. */
export interface Deid {
  profile_id: string;
  version?: number;
  sha256: string;
  engine: string;
  at: string;
}

interface Contents {
  info: Info;
  parents: Parents;
  files: FileDoc[];
  notes: Note[];
}

export interface Lock {
  reason: string;
  timestamp: string;
  origin: { type: string; id: string | null };
}

export type Project = Document<"ProjectDocument", Contents & { locked: Lock | null }>;
export type Subject = Document<"SubjectDocument", Contents>;
export type Session = Document<"SessionDocument", Contents & { subject: Subject | null }>;
export type Collection = Document<
  "ContainerDocument",
  Contents & { description: string | null; curator?: string | null; permissions: AccessEntry[] }
>;
export type Acquisition = Document<"AcquisitionDocument", Contents>;
/** `job` is the id of the run that made it; none when people did. */
export type Analysis = Document<
  "AnalysisDocument",
  Contents & {
    parent: { type: Level; id: string };
    inputs: FileDoc[];
    job: string | null;
  }
>;
export type User = Document<"UserDocument", { api_keys?: ApiKey[] }>;
export type Device = Document<"DeviceDocument">;
export type DeviceStatus = Schemas["DeviceStatus"];
export type LogLine = Document<"AccessLogLine">;
export type Deletion = Document<"DeletionDocument">;
export type HandOver = Schemas["HandOver"];
export type Standing = Schemas["StandingDocument"];
export type Preview = Schemas["PreviewDocument"];
export type Role = Document<"RoleDocument">;
export type RoleUses = Schemas["RoleUses"];
export type Action = Document<"ActionDocument">;
export type SelfPermissions = Schemas["SelfPermissions"];
export type Me = Document<"MeDocument", { user: User }>;

export interface AccessEntry {
  _id: string;
  access: "ro" | "rw" | "admin";
}

export interface RoleEntry {
  _id: string;
  role_ids: string[];
}

export interface Group {
  _id: string;
  label: string;
  permissions: AccessEntry[];
  permissions_template: RoleEntry[];
  roles: string[];
}

export type Modality = Document<"ModalityDocument", { classification: Record<string, string[]> }>;

export interface Page<T> {
  count: number;
  total: number;
  results: T[];
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
  /** Bytes of the instance as a file. */
  size: number;
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
  suggestions: { group: string; project: string; _id: string | null }[];
  /** Other sessions on the whole list that asked for the same group and project. */
  alike: number;
}

/** What operators type, and the project they mean. */
export interface RoutingAlias {
  _id: string;
  device: string | null;
  from: string;
  to: string;
  project: string;
  made_by: string | null;
  created: string;
}

/** What a routing string would do. */
export interface RoutingPreview {
  routing: {
    form: "uri" | "legacy" | "bare" | "pattern" | "none";
    group: string | null;
    project: string | null;
    subject: string | null;
    session: string | null;
    status: string;
    flags: string[];
  };
  target: { group: string; project: string; creates_project: boolean; reason: string };
  alias: { from: string; to: string } | null;
  suggestions: { group: string; project: string }[];
}
