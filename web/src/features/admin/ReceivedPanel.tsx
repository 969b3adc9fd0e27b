import { Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { figure, plural, t, tIn } from "@/i18n/text";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { ago, dateTime, middleCut } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { Message } from "@/ui/Message";
import { MoreButton } from "@/ui/MoreButton";
import { NothingMatches } from "@/ui/NothingMatches";
import { flagWords, partsText, reasonWords } from "@/ui/routingWords";
import { SearchField } from "@/ui/SearchField";
import { StateMark } from "@/ui/StateMark";
import { type Received, type ReceivedFilter, receivedQuery } from "./devices";

/** Every series that came through a device: when, where it is now, what was asked for, how that went. */
export function ReceivedPanel({ id }: { id: string }) {
  const [asked, setAsked] = useState<ReceivedFilter>({});
  const found = useInfiniteQuery(receivedQuery(id, asked));
  const rows = found.data?.pages.flatMap((page) => page.results);
  const total = found.data?.pages[0]?.total ?? 0;
  const filtered = Object.values(asked).some(Boolean);
  const clear = () => setAsked({});
  return (
    <>
      <FilterBar>
        <SearchField
          label={t("Search received series")}
          value={asked.search}
          onChange={(search) => setAsked((old) => ({ ...old, search }))}
        />
        <Select
          aria-label={t("State")}
          placeholder={t("Any state")}
          clearable
          data={[
            { value: "false", label: t("placed") },
            { value: "true", label: t("waiting to be sorted") },
          ]}
          value={asked.parked ?? null}
          onChange={(parked) => setAsked((old) => ({ ...old, parked: parked ?? undefined }))}
        />
        <ClearFilters shown={filtered} onClear={clear} />
      </FilterBar>
      <ListPanel
        title={t("Received series")}
        what={t("received series")}
        aside={found.data ? plural(total, "{count} series", "{count} series") : null}
        found={found}
        rows={rows}
        rowKey={(row) => row._id}
        empty={
          filtered ? (
            <NothingMatches onClear={clear} />
          ) : (
            <Message title={t("Nothing yet")}>
              {t("Series that come through this device are listed here.")}
            </Message>
          )
        }
        columns={[
          {
            head: t("Received"),
            cell: (row) => (
              <span
                title={t("{received}, last change {changed}", {
                  received: dateTime(row.received),
                  changed: dateTime(row.changed),
                })}
              >
                {ago(row.received)}
              </span>
            ),
          },
          { head: tIn("one", "Series"), cell: (row) => <Series row={row} /> },
          { head: t("State"), cell: (row) => <State row={row} /> },
          { head: t("Place"), cell: (row) => <Place place={row.place} /> },
          {
            head: t("Asked for"),
            cell: (row) =>
              row.reason ? <span className="mono">{middleCut(partsText(row.requested), 32)}</span> : null,
          },
          { head: t("Scanner"), cell: (row) => row.scanner },
          { head: t("Images"), number: true, cell: (row) => figure(row.members) },
        ]}
      >
        <MoreButton found={found} words={t("Show older")} />
      </ListPanel>
    </>
  );
}

function Series({ row }: { row: Received }) {
  const words = middleCut(row.place.acquisition?.label || row.name, 36);
  const title = [t("Study {study}", { study: row.study }), t("Series {series}", { series: row.series })].join(
    "\n",
  );
  return (
    <span title={title}>
      {row.place.acquisition ? (
        <Link to="/acquisitions/$a" params={{ a: row.place.acquisition._id }}>
          {words}
        </Link>
      ) : (
        words
      )}{" "}
      <span className="dim">{row.modality}</span>
    </span>
  );
}

function State({ row }: { row: Received }) {
  const { reason, version } = row;
  const state = reason ? reasonWords(reason) : t("placed");
  return (
    <StateMark
      state={reason ? "warn" : "ok"}
      words={version > 1 ? t("{state}, version {version}", { state, version }) : state}
      title={row.flags.map(flagWords).join("\n")}
    />
  );
}

function Place({ place }: { place: Received["place"] }) {
  return (
    <span>
      {place.project ? (
        <Link to="/projects/$p" params={{ p: place.project._id }}>
          {place.group}/{place.project.label}
        </Link>
      ) : (
        place.group
      )}
      {place.session ? (
        <>
          {" "}
          <Link to="/sessions/$s" params={{ s: place.session._id }}>
            {place.session.label || t("untitled")}
          </Link>
        </>
      ) : null}
    </span>
  );
}
