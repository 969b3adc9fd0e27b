import { Accordion } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { figure, plural, t, tIn } from "@/i18n/text";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
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
  useCrumbs([{ label: tIn("page", "About") }]);
  return (
    <Page>
      <PageHead title={t("About Treadle")} tab={tIn("page", "About")} />
      <Columns
        main={<Licenses />}
        side={
          <Panel title={t("Version")}>
            {version.error ? <Failure error={version.error} what={t("version")} /> : null}
            <Facts
              facts={[
                ["Treadle", version.data?.treadle_release],
                [
                  t("Speaks to"),
                  version.data ? t("SDK up to {release}", { release: version.data.release }) : null,
                ],
                [
                  "",
                  version.data ? t("command line {version}", { version: version.data.cli_version }) : null,
                ],
                [t("Licence"), "Apache-2.0"],
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
      title={t("Open source in this app")}
      flush
      aside={
        <div className={classes.search}>
          <SearchField label={t("Search packages")} value={search} onChange={setSearch} />
        </div>
      }
    >
      {found.isPending ? <Loading rows={6} /> : null}
      {found.error ? (
        <Failure error={found.error} what={t("list of licences")} onRetry={() => void found.refetch()} />
      ) : null}
      {found.data ? (
        <p className={classes.count} role="status">
          {search
            ? plural(found.data.length, "{shown} of {count} package", "{shown} of {count} packages", {
                shown: figure(shown.length),
              })
            : plural(found.data.length, "{count} package", "{count} packages")}
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
                {one.text ?? t("The package names {license} and adds no text.", { license: one.license })}
              </pre>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Panel>
  );
}
