import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type UIEvent, useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { Page } from "@/api/types";
import { useByIds } from "@/api/useByIds";
import { t } from "@/i18n/text";
import { asked, type Source } from "./source";

const PAGE = 30;
const SOON_PX = 80;

export interface Option {
  value: string;
  label: string;
  disabled?: boolean;
}

/** What a picker offers: found by the server as one types, a page at a time, and what is chosen already. */
export function useOptions<T extends { _id: string }>(source: Source<T>, chosen: string[], taken: string[]) {
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed, 200);
  const [opened, setOpened] = useState(false);
  const held = useByIds<T>(source.path, chosen);
  const option = (row: T): Option => ({
    value: row._id,
    label: source.label(row),
    disabled: taken.includes(row._id) || source.usable?.(row) === false,
  });
  const mine = chosen.map((id) => held.get(id)).map((row, at) => (row ? option(row) : unknown(chosen[at])));
  // A field shows the label of what is chosen; that is not a search.
  const search = mine.some((one) => one.label === words) ? "" : words.trim();
  const filter = asked(source, search);
  const found = useInfiniteQuery({
    queryKey: [LIVE, "pick", source.path, filter ?? null],
    queryFn: ({ pageParam }) =>
      api.get<Page<T>>(source.path, { filter, sort: source.sort, limit: PAGE, page: pageParam }),
    initialPageParam: 1,
    getNextPageParam: (last, pages) => (pages.length * PAGE < last.total ? pages.length + 1 : undefined),
    placeholderData: keepPreviousData,
    enabled: opened,
  });
  const rows = found.data?.pages.flatMap((page) => page.results) ?? [];
  const offered = rows.map(option).filter((one) => !chosen.includes(one.value));
  return {
    options: [...mine, ...offered],
    /** What every kind of field takes. */
    field: {
      searchable: true,
      searchValue: typed,
      onSearchChange: setTyped,
      onDropdownOpen: () => setOpened(true),
      onDropdownClose: () => setOpened(false),
      // The server has searched already.
      filter: <O>({ options }: { options: O }) => options,
      nothingFoundMessage: found.error
        ? found.error.message
        : found.isPending
          ? t("Searching…")
          : source.nothing,
      scrollAreaProps: {
        viewportProps: {
          onScroll: ({ currentTarget: list }: UIEvent<HTMLElement>) => {
            const below = list.scrollHeight - list.scrollTop - list.clientHeight;
            if (below < SOON_PX && found.hasNextPage && !found.isFetchingNextPage) void found.fetchNextPage();
          },
        },
      },
    },
  };
}

const unknown = (id = ""): Option => ({ value: id, label: id });
