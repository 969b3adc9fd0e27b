import { Kbd, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import classes from "./SearchBox.module.css";

/** Finds projects by label; `/` brings the focus here. */
export function SearchBox() {
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const search = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: "/projects", search: text.trim() ? { q: text.trim() } : {} });
  };
  return (
    <search className={classes.box}>
      <form onSubmit={search}>
        <TextInput
          id="global-search"
          type="search"
          aria-label="Find a project"
          placeholder="Find a project"
          leftSection={<IconSearch size={16} />}
          rightSection={text ? null : <Kbd size="xs">/</Kbd>}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </form>
    </search>
  );
}
