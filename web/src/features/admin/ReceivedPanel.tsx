import { Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { ago, count, dateTime, middleCut } from "@/ui/format";
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
          label="Search received series"
          value={asked.search}
          onChange={(search) => setAsked((old) => ({ ...old, search }))}
        />
        <Select
          aria-label="State"
          placeholder="Any state"
          clearable
          data={[
            { value: "false", label: "placed" },
            { value: "true", label: "waiting to be sorted" },
          ]}
          value={asked.parked ?? null}
          onChange={(parked) => setAsked((old) => ({ ...old, parked: parked ?? undefined }))}
        />
        <ClearFilters shown={filtered} onClear={clear} />
      </FilterBar>
      <ListPanel
        title="Received series"
        what="received series"
        aside={found.data ? count(total, "series", "series") : null}
        found={found}
        rows={rows}
        rowKey={(row) => row._id}
        empty={
          filtered ? (
            <NothingMatches onClear={clear} />
          ) : (
            <Message title="Nothing yet">Series that come through this device are listed here.</Message>
          )
        }
        columns={[
          {
            head: "Received",
            cell: (row) => (
              <span title={`${dateTime(row.received)}, last change ${dateTime(row.changed)}`}>
                {ago(row.received)}
              </span>
            ),
          },
          { head: "Series", cell: (row) => <Series row={row} /> },
          { head: "State", cell: (row) => <State row={row} /> },
          { head: "Place", cell: (row) => <Place place={row.place} /> },
          {
            head: "Asked for",
            cell: (row) =>
              row.reason ? <span className="mono">{middleCut(partsText(row.requested), 32)}</span> : null,
          },
          { head: "Scanner", cell: (row) => row.scanner },
          { head: "Images", number: true, cell: (row) => row.members?.toLocaleString("en-US") },
        ]}
      >
        <MoreButton found={found} words="Show older" />
      </ListPanel>
    </>
  );
}

function Series({ row }: { row: Received }) {
  const words = middleCut(row.place.acquisition?.label || row.name, 36);
  const title = `Study ${row.study}\nSeries ${row.series}`;
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
  const grown = row.version > 1 ? `, version ${row.version}` : "";
  return row.reason ? (
    <StateMark
      state="warn"
      words={reasonWords(row.reason) + grown}
      title={row.flags.map(flagWords).join("\n")}
    />
  ) : (
    <StateMark state="ok" words={`placed${grown}`} title={row.flags.map(flagWords).join("\n")} />
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
            {place.session.label || "untitled"}
          </Link>
        </>
      ) : null}
    </span>
  );
}
