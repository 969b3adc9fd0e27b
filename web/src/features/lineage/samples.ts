/** Files and jobs for tests. */
import type { Thing } from "./graph";

type Of<Kind extends Thing["kind"]> = Extract<Thing, { kind: Kind }>;

export const file = (id: string, depth = 0): Of<"file"> => ({
  kind: "file",
  id,
  depth,
  file_id: id,
  version: 1,
  name: id,
  type: null,
  size: 1,
  parent: { type: "session", id: "s" },
  parents: {},
  origin: { type: "user", id: "u" },
  deleted: false,
  created: "",
});

export const job = (id: string, depth = 1): Of<"job"> => ({
  kind: "job",
  id,
  depth,
  label: null,
  state: "complete",
  gear_info: { name: "g", version: "1" },
  destination: { type: "session", id: "s" },
  origin: { type: "user", id: "u" },
  created: "",
});
