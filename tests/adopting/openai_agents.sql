-- What openai-agents 0.24.0 made by tests/adopting.
CREATE TABLE public.agent_messages (
    id integer NOT NULL,
    session_id character varying NOT NULL,
    message_data text NOT NULL,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
CREATE SEQUENCE public.agent_messages_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.agent_messages_id_seq OWNED BY public.agent_messages.id;
CREATE TABLE public.agent_sessions (
    session_id character varying NOT NULL,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
ALTER TABLE ONLY public.agent_messages ALTER COLUMN id SET DEFAULT nextval('public.agent_messages_id_seq'::regclass);
INSERT INTO public.agent_messages VALUES (1, 'ada', '{"role":"user","content":"Hello. \u0000 \u00e4 \ud800"}', '2026-11-29 16:57:52.651537');
INSERT INTO public.agent_messages VALUES (2, 'ada', '{"type":"reasoning","id":"r","summary":[],"score":Infinity,"NaN":"NaN"}', '2026-11-29 16:57:52.70501');
INSERT INTO public.agent_messages VALUES (3, 'ada', '{"role":"user","content":""}', '2026-11-29 16:57:52.732472');
INSERT INTO public.agent_messages VALUES (4, 'ada', '{"role":"user","content":""}', '2026-11-29 16:57:52.757034');
INSERT INTO public.agent_messages VALUES (6, '', '{"role":"assistant","content":"of a session without a name"}', '2026-11-29 16:57:52.890109');
INSERT INTO public.agent_sessions VALUES ('ada', '2026-11-29 16:57:52.651537', '2026-11-29 16:57:52.777051');
INSERT INTO public.agent_sessions VALUES ('', '2026-11-29 16:57:52.890109', '2026-11-29 16:57:52.952827');
INSERT INTO public.agent_sessions VALUES ('empty', '2026-11-29 16:57:53.087809', '2026-11-29 16:57:53.087809');
SELECT pg_catalog.setval('public.agent_messages_id_seq', 8, true);
ALTER TABLE ONLY public.agent_messages
    ADD CONSTRAINT agent_messages_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.agent_sessions
    ADD CONSTRAINT agent_sessions_pkey PRIMARY KEY (session_id);
CREATE INDEX idx_agent_messages_session_time ON public.agent_messages USING btree (session_id, created_at);
ALTER TABLE ONLY public.agent_messages
    ADD CONSTRAINT agent_messages_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.agent_sessions(session_id) ON DELETE CASCADE;
