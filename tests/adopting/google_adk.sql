-- What google-adk 2.13.0 made by tests/adopting.
CREATE TABLE public.adk_internal_metadata (
    key character varying(128) NOT NULL,
    value character varying(256) NOT NULL
);
CREATE TABLE public.app_states (
    app_name character varying(128) NOT NULL,
    state jsonb NOT NULL,
    update_time timestamp without time zone NOT NULL
);
CREATE TABLE public.events (
    id character varying(128) NOT NULL,
    app_name character varying(128) NOT NULL,
    user_id character varying(128) NOT NULL,
    session_id character varying(128) NOT NULL,
    invocation_id character varying(256) NOT NULL,
    "timestamp" timestamp without time zone NOT NULL,
    event_data jsonb
);
CREATE TABLE public.sessions (
    app_name character varying(128) NOT NULL,
    user_id character varying(128) NOT NULL,
    id character varying(128) NOT NULL,
    state jsonb NOT NULL,
    create_time timestamp without time zone NOT NULL,
    update_time timestamp without time zone NOT NULL
);
CREATE TABLE public.user_states (
    app_name character varying(128) NOT NULL,
    user_id character varying(128) NOT NULL,
    state jsonb NOT NULL,
    update_time timestamp without time zone NOT NULL
);
INSERT INTO public.adk_internal_metadata VALUES ('schema_version', '1');
INSERT INTO public.app_states VALUES ('app', '{"a": 1, "last": "s-1"}', '2026-11-29 17:01:13.239175');
INSERT INTO public.app_states VALUES ('other', '{"a": 1, "last": "s-1"}', '2026-11-29 17:01:13.342474');
INSERT INTO public.events VALUES ('e-0', 'app', 'ada', 's-1', '', '2026-11-29 17:01:12.857153', '{"id": "e-0", "author": "user", "actions": {"state_delta": {"n": 0, "app:last": "s-1", "user:name": "ada"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 0. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971672.857153, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-1', 'app', 'ada', 's-1', '', '2026-11-29 17:01:12.940049', '{"id": "e-1", "author": "user", "actions": {"state_delta": {"n": 1, "app:last": "s-1", "user:name": "ada"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 1. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971672.9400487, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-2', 'app', 'ada', 's-1', '', '2026-11-29 17:01:12.980335', '{"id": "e-2", "author": "user", "actions": {"state_delta": {"n": 2, "app:last": "s-1", "user:name": "ada"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 2. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971672.9803348, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-0', 'app', 'ada', 's-2', '', '2026-11-29 17:01:13.038884', '{"id": "e-0", "author": "user", "actions": {"state_delta": {"n": 0, "app:last": "s-2", "user:name": "ada"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 0. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971673.038884, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-1', 'app', 'ada', 's-2', '', '2026-11-29 17:01:13.077109', '{"id": "e-1", "author": "user", "actions": {"state_delta": {"n": 1, "app:last": "s-2", "user:name": "ada"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 1. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971673.077109, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-2', 'app', 'ada', 's-2', '', '2026-11-29 17:01:13.107077', '{"id": "e-2", "author": "user", "actions": {"state_delta": {"n": 2, "app:last": "s-2", "user:name": "ada"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 2. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971673.107077, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-0', 'app', 'bob: ü', 's-1', '', '2026-11-29 17:01:13.171987', '{"id": "e-0", "author": "user", "actions": {"state_delta": {"n": 0, "app:last": "s-1", "user:name": "bob: ü"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 0. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971673.171987, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-1', 'app', 'bob: ü', 's-1', '', '2026-11-29 17:01:13.202926', '{"id": "e-1", "author": "user", "actions": {"state_delta": {"n": 1, "app:last": "s-1", "user:name": "bob: ü"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 1. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971673.2029264, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-2', 'app', 'bob: ü', 's-1', '', '2026-11-29 17:01:13.228117', '{"id": "e-2", "author": "user", "actions": {"state_delta": {"n": 2, "app:last": "s-1", "user:name": "bob: ü"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 2. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971673.2281172, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-0', 'other', 'ada', 's-1', '', '2026-11-29 17:01:13.291661', '{"id": "e-0", "author": "user", "actions": {"state_delta": {"n": 0, "app:last": "s-1", "user:name": "ada"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 0. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971673.2916605, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-1', 'other', 'ada', 's-1', '', '2026-11-29 17:01:13.314407', '{"id": "e-1", "author": "user", "actions": {"state_delta": {"n": 1, "app:last": "s-1", "user:name": "ada"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 1. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971673.314407, "invocation_id": ""}');
INSERT INTO public.events VALUES ('e-2', 'other', 'ada', 's-1', '', '2026-11-29 17:01:13.337956', '{"id": "e-2", "author": "user", "actions": {"state_delta": {"n": 2, "app:last": "s-1", "user:name": "ada"}, "artifact_delta": {}, "requested_auth_configs": {}, "requested_tool_confirmations": {}}, "content": {"role": "user", "parts": [{"text": "Hello 2. ä"}, {"text": ""}]}, "node_info": {"path": ""}, "timestamp": 1795971673.3379562, "invocation_id": ""}');
INSERT INTO public.sessions VALUES ('app', 'ada', 's-1', '{"n": 2, "own": [1, null]}', '2026-11-29 17:01:12.810057', '2026-11-29 17:01:12.980335');
INSERT INTO public.sessions VALUES ('app', 'ada', 's-2', '{"n": 2, "own": [1, null]}', '2026-11-29 17:01:13.028749', '2026-11-29 17:01:13.107077');
INSERT INTO public.sessions VALUES ('app', 'bob: ü', 's-1', '{"n": 2, "own": [1, null]}', '2026-11-29 17:01:13.165852', '2026-11-29 17:01:13.228117');
INSERT INTO public.sessions VALUES ('other', 'ada', 's-1', '{"n": 2, "own": [1, null]}', '2026-11-29 17:01:13.28223', '2026-11-29 17:01:13.337956');
INSERT INTO public.user_states VALUES ('app', 'ada', '{"name": "ada"}', '2026-11-29 17:01:13.120449');
INSERT INTO public.user_states VALUES ('app', 'bob: ü', '{"name": "bob: ü"}', '2026-11-29 17:01:13.239175');
INSERT INTO public.user_states VALUES ('other', 'ada', '{"name": "ada"}', '2026-11-29 17:01:13.342474');
ALTER TABLE ONLY public.adk_internal_metadata
    ADD CONSTRAINT adk_internal_metadata_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.app_states
    ADD CONSTRAINT app_states_pkey PRIMARY KEY (app_name);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id, app_name, user_id, session_id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (app_name, user_id, id);
ALTER TABLE ONLY public.user_states
    ADD CONSTRAINT user_states_pkey PRIMARY KEY (app_name, user_id);
CREATE INDEX idx_events_app_user_session_ts_id ON public.events USING btree (app_name, user_id, session_id, "timestamp" DESC, id DESC);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_app_name_user_id_session_id_fkey FOREIGN KEY (app_name, user_id, session_id) REFERENCES public.sessions(app_name, user_id, id) ON DELETE CASCADE;
