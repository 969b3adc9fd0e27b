import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { allOf, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import type { Project } from "@/api/types";
import { plural, t } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import { GROUPS } from "@/parts/pick/source";
import { PinButton } from "@/parts/pins/PinButton";
import { usePins } from "@/parts/pins/pins";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { ago, dateTime } from "@/ui/format";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { SearchField } from "@/ui/SearchField";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { LockBadge } from "./lock/LockBadge";
import { NewProjectButton } from "./NewProjectButton";

const number = (project: Project, key: "subjects" | "sessions" | "files") =>
  project.stats?.number_of?.[key] ?? "";

const labelColumn = (pins: string[], toggle: (id: string) => void): DataColumn<Project> => ({
  id: "label",
  title: t("Project"),
  width: 280,
  sort: "label",
  cell: (row) => (
    <>
      <PinButton label={row.label} pinned={pins.includes(row._id)} onToggle={() => toggle(row._id)} />
      <b style={{ fontWeight: 550, margin: "0 8px 0 4px" }}>{row.label}</b>
      <LockBadge locked={row.locked} />
    </>
  ),
  text: (row) => row.label,
});

const COLUMNS: DataColumn<Project>[] = [
  {
    id: "group",
    title: t("Group"),
    width: 180,
    sort: "group.label",
    cell: (row) => row.group_info?.label ?? row.group,
    text: (row) => row.group,
  },
  { id: "subjects", title: t("Subjects"), width: 100, number: true, cell: (row) => number(row, "subjects") },
  { id: "sessions", title: t("Sessions"), width: 100, number: true, cell: (row) => number(row, "sessions") },
  { id: "files", title: t("Files"), width: 100, number: true, cell: (row) => number(row, "files") },
  {
    id: "modified",
    title: t("Last change"),
    width: 140,
    sort: "modified",
    cell: (row) => ago(row.modified),
    text: (row) => dateTime(row.modified),
  },
  {
    id: "description",
    title: t("Description"),
    width: 360,
    cell: (row) => row.description,
    text: (row) => row.description ?? "",
  },
];

/** All projects the user may see. */
export function ProjectsPage() {
  const search = useSearch({ from: "/inside/framed/projects" });
  const navigate = useNavigate({ from: "/projects" });
  useCrumbs([{ label: t("Projects") }]);
  const { pins, toggle } = usePins();
  const columns = useMemo(() => [labelColumn(pins, toggle), ...COLUMNS], [pins, toggle]);
  const sort = readSort(search.sort, columns) ?? { field: "label", descending: false };
  const filter = allOf(
    search.q && contains("label", search.q),
    search.group && equals("group", search.group),
  );
  const rows = usePagedRows<Project>("/projects", { filter, sort: sortText(sort), stats: true });
  const change = useMemo(
    () => (part: Record<string, string | undefined>) =>
      void navigate({ search: (old) => ({ ...old, ...part }), replace: true }),
    [navigate],
  );
  const clear = () => void navigate({ search: {}, replace: true });
  return (
    <Page fill>
      <PageHead
        title={t("Projects")}
        about={rows.loading ? " " : plural(rows.total, "{count} project", "{count} projects")}
        actions={<NewProjectButton />}
      />
      <FilterBar>
        <SearchField label={t("Label contains")} value={search.q} onChange={(q) => change({ q })} />
        <Picker
          source={GROUPS}
          aria-label={t("Group")}
          placeholder={t("All groups")}
          clearable
          value={search.group ?? null}
          onChange={(group) => change({ group: group ?? undefined })}
        />
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="projects"
        label={t("Projects")}
        what={t("project list")}
        columns={columns}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        onOpen={(row) => void navigate({ to: "/projects/$p", params: { p: row._id } })}
        filtered={filter !== undefined}
        onClear={clear}
        empty={
          <Message title={t("No projects yet")} action={<NewProjectButton />}>
            {t("You see a project here as soon as you have a role in it.")}
          </Message>
        }
      />
    </Page>
  );
}
