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
INSERT INTO public.agent_messages VALUES (1, 'ada', '{"role":"user","content":"Hello. \u0000 \u00e4 \ud800"}', '2026-11-29 17:01:03.389963');
INSERT INTO public.agent_messages VALUES (2, 'ada', '{"type":"reasoning","id":"r","summary":[],"score":Infinity,"NaN":"NaN"}', '2026-11-29 17:01:03.414526');
INSERT INTO public.agent_messages VALUES (3, 'ada', '{"role":"user","content":""}', '2026-11-29 17:01:03.426617');
INSERT INTO public.agent_messages VALUES (4, 'ada', '{"role":"user","content":""}', '2026-11-29 17:01:03.434149');
INSERT INTO public.agent_messages VALUES (6, '', '{"role":"assistant","content":"of a session without a name"}', '2026-11-29 17:01:03.50983');
INSERT INTO public.agent_sessions VALUES ('ada', '2026-11-29 17:01:03.389963', '2026-11-29 17:01:03.443895');
INSERT INTO public.agent_sessions VALUES ('', '2026-11-29 17:01:03.50983', '2026-11-29 17:01:03.534225');
INSERT INTO public.agent_sessions VALUES ('empty', '2026-11-29 17:01:03.603393', '2026-11-29 17:01:03.603393');
SELECT pg_catalog.setval('public.agent_messages_id_seq', 8, true);
ALTER TABLE ONLY public.agent_messages
    ADD CONSTRAINT agent_messages_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.agent_sessions
    ADD CONSTRAINT agent_sessions_pkey PRIMARY KEY (session_id);
CREATE INDEX idx_agent_messages_session_time ON public.agent_messages USING btree (session_id, created_at);
ALTER TABLE ONLY public.agent_messages
    ADD CONSTRAINT agent_messages_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.agent_sessions(session_id) ON DELETE CASCADE;
