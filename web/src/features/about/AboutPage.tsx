import { Accordion } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { count } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SearchField } from "@/ui/SearchField";
import classes from "./AboutPage.module.css";
import { licensesQuery, useSearched } from "./licenses";

interface Version {
  treadle_release: string;
  release: string;
  cli_version: string;
  database: number;
}

/** Which version this is, and whose work is in it. */
export function AboutPage() {
  const version = useQuery({ queryKey: ["version"], queryFn: () => api.get<Version>("/version") });
  useCrumbs([{ label: "About" }]);
  return (
    <Page>
      <PageHead title="About Treadle" tab="About" />
      <Columns
        main={<Licenses />}
        side={
          <Panel title="Version">
            {version.error ? <Failure error={version.error} what="version" /> : null}
            <Facts
              facts={[
                ["Treadle", version.data?.treadle_release],
                ["Speaks to", version.data ? `SDK up to ${version.data.release}` : null],
                ["", version.data ? `command line ${version.data.cli_version}` : null],
                ["Licence", "Apache-2.0"],
              ]}
            />
          </Panel>
        }
      />
    </Page>
  );
}

function Licenses() {
  const found = useQuery(licensesQuery);
  const [search, setSearch, shown] = useSearched(found.data ?? []);
  return (
    <Panel
      title="Open source in this app"
      flush
      aside={
        <div className={classes.search}>
          <SearchField label="Search packages" value={search} onChange={setSearch} />
        </div>
      }
    >
      {found.isPending ? <Loading rows={6} /> : null}
      {found.error ? (
        <Failure error={found.error} what="list of licences" onRetry={() => void found.refetch()} />
      ) : null}
      {found.data ? (
        <p className={classes.count} role="status">
          {search
            ? `${shown.length} of ${count(found.data.length, "package")}`
            : count(found.data.length, "package")}
        </p>
      ) : null}
      <Accordion variant="default" chevronPosition="left">
        {shown.map((one) => (
          <Accordion.Item key={`${one.name} ${one.version}`} value={`${one.name} ${one.version}`}>
            <Accordion.Control>
              <span className={classes.line}>
                <span className="cut">
                  {one.name} <span className="dim">{one.version}</span>
                </span>
                <span className="dim">{one.license}</span>
              </span>
            </Accordion.Control>
            <Accordion.Panel>
              <pre className={classes.text}>
                {one.text ?? `The package names ${one.license} and adds no text.`}
              </pre>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Panel>
  );
}
