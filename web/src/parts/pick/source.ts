import { allOf, contains, oneOf } from "@/api/filters";
import type { Collection, Group, Project, Role } from "@/api/types";
import { t } from "@/i18n/text";
import { type Person, personLabel } from "@/ui/person";

/** A list on the server out of which something is picked by typing. */
export interface Source<T> {
  path: string;
  sort: string;
  /** The field that is searched. */
  field: string;
  /** What is offered at all. */
  only?: string | undefined;
  label: (row: T) => string;
  /** Whether it may be chosen; without it everything may. */
  usable?: (row: T) => boolean;
  placeholder: string;
  nothing: string;
}

export const PEOPLE: Source<Person> = {
  path: "/users",
  sort: "lastname:asc,firstname:asc",
  field: "search",
  only: "disabled=false",
  label: personLabel,
  placeholder: t("Name or e-mail address"),
  nothing: t("Nobody matches"),
};

/** Also those who may no longer log in. */
export const ANYBODY: Source<Person> = { ...PEOPLE, only: undefined };

export const PROJECTS: Source<Project> = {
  path: "/projects",
  sort: "label:asc",
  field: "label",
  label: (project) => `${project.label} (${project.group})`,
  placeholder: t("Type to find a project"),
  nothing: t("No project matches"),
};

export const ROLES: Source<Role> = {
  path: "/roles",
  sort: "label:asc",
  field: "label",
  label: (role) => role.label,
  placeholder: t("Type to find a role"),
  nothing: t("No role matches"),
};

export const GROUPS: Source<Group> = {
  path: "/groups",
  sort: "label:asc",
  field: "label",
  label: ({ _id, label }) => (label && label !== _id ? `${label} (${_id})` : _id),
  placeholder: t("Type to find a group"),
  nothing: t("No group matches"),
};

export const COLLECTIONS: Source<Collection> = {
  path: "/collections",
  sort: "label:asc",
  field: "label",
  label: (collection) => collection.label,
  placeholder: t("Type to find a collection"),
  nothing: t("No collection matches"),
};

/** The same source, cut down to these ids. */
export const among = <T>(source: Source<T>, ids: string[]): Source<T> => ({
  ...source,
  only: allOf(source.only, oneOf("_id", ids)),
});

/** The filter for what was typed. */
export const asked = <T>({ only, field }: Source<T>, words: string): string | undefined =>
  allOf(only, words && contains(field, words));
