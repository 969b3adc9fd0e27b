import { Button, Group, Select } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { misroutedQuery } from "@/api/queries";
import type { Misrouted } from "@/api/types";
import { plural, t, tIn } from "@/i18n/text";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { ago, dateTime } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { ListPanel } from "@/ui/ListPanel";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { MoreButton } from "@/ui/MoreButton";
import { NothingMatches } from "@/ui/NothingMatches";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { flagWords, partsText, REASON_WORDS, reasonWords } from "@/ui/routingWords";
import { SearchField } from "@/ui/SearchField";
import { StateMark } from "@/ui/StateMark";
import { AliasesPanel } from "./AliasesPanel";
import { MoveDialog } from "./MoveDialog";

interface Moving {
  row: Misrouted;
  to?: Suggestion;
}

/** Studies that came in without a readable destination, and where to put them. */
export function MisroutedPage() {
  const asked: { search?: string; reason?: string } = useSearch({ from: "/inside/framed/misrouted" });
  const navigate = useNavigate({ from: "/misrouted" });
  const found = useInfiniteQuery(misroutedQuery(asked));
  const [moving, setMoving] = useState<Moving | null>(null);
  useCrumbs([{ label: t("Mis-routed") }]);
  const rows = found.data?.pages.flatMap((page) => page.results);
  const total = found.data?.pages[0]?.total ?? 0;
  const filtered = Object.values(asked).some(Boolean);
  const change = (part: { search?: string | undefined; reason?: string | undefined }) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const clear = () => void navigate({ search: {}, replace: true });
  return (
    <Page>
      <PageHead
        title={t("Mis-routed")}
        about={
          found.data
            ? filtered
              ? plural(total, "{count} session found", "{count} sessions found")
              : plural(
                  total,
                  "{count} session waiting for a destination",
                  "{count} sessions waiting for a destination",
                )
            : " "
        }
        actions={
          <LinkButton to="/routing" variant="default">
            {t("Routing check")}
          </LinkButton>
        }
      />
      <FilterBar>
        <SearchField
          label={t("Search this list")}
          value={asked.search}
          onChange={(search) => change({ search })}
        />
        <Select
          aria-label={t("Why")}
          placeholder={t("Any reason")}
          clearable
          data={REASON_WORDS}
          value={asked.reason ?? null}
          onChange={(reason) => change({ reason: reason ?? undefined })}
        />
        <ClearFilters shown={filtered} onClear={clear} />
      </FilterBar>
      <ListPanel
        title={t("Mis-routed sessions")}
        untitled
        what={t("mis-routed list")}
        found={found}
        rows={rows}
        rowKey={(row) => row.session._id}
        empty={
          filtered ? (
            <NothingMatches onClear={clear} />
          ) : (
            <Message title={t("Nothing is mis-routed")} icon={<IconCircleCheck size={28} stroke={1.5} />}>
              {t("Studies whose routing string cannot be followed wait here until somebody moves them.")}
            </Message>
          )
        }
        columns={[
          {
            head: t("Session"),
            cell: (row) => (
              <Link to="/sessions/$s" params={{ s: row.session._id }}>
                {row.session.label || t("untitled")}
              </Link>
            ),
          },
          {
            head: t("Why"),
            cell: (row) => (
              <StateMark
                state="warn"
                words={reasonWords(row.reason)}
                title={row.flags.map(flagWords).join("\n")}
              />
            ),
          },
          {
            head: tIn("destination", "Asked for"),
            cell: (row) => <span className="mono">{partsText(row.requested)}</span>,
          },
          {
            head: t("Perhaps meant"),
            cell: (row) => (
              <Group gap={4} wrap="nowrap">
                {row.suggestions.filter(isProject).map((to) => (
                  <Button
                    key={to._id}
                    size="compact-xs"
                    variant="light"
                    className="mono"
                    onClick={() => setMoving({ row, to })}
                  >
                    {to.group}/{to.project}
                  </Button>
                ))}
              </Group>
            ),
          },
          { head: t("Subject"), cell: (row) => row.subject?.label },
          { head: t("Scanned"), cell: (row) => dateTime(row.session.timestamp) },
          { head: t("Scanner"), cell: (row) => row.device },
          { head: t("Waits in"), cell: (row) => [row.group, row.project?.label].filter(Boolean).join("/") },
          {
            head: t("Received"),
            cell: (row) =>
              row.received_at ? <span title={dateTime(row.received_at)}>{ago(row.received_at)}</span> : null,
          },
          {
            head: t("Move"),
            quiet: true,
            cell: (row) => (
              <Button size="compact-sm" variant="default" onClick={() => setMoving({ row })}>
                {t("Move")}
              </Button>
            ),
          },
        ]}
      >
        <MoreButton found={found} words={t("Show later ones")} />
      </ListPanel>
      <AliasesPanel />
      {moving ? (
        <MoveDialog row={moving.row} to={moving.to?._id ?? undefined} onClose={() => setMoving(null)} />
      ) : null}
    </Page>
  );
}

type Suggestion = Misrouted["suggestions"][number];

const isProject = (one: Suggestion) => one._id !== null;
