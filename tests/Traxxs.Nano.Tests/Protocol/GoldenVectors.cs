using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>The golden frames of tests/vectors, for a device that has no files of ours. A test on the PC compares them with the files.</summary>
    public static class GoldenVectors
    {
        /// <summary>Reports, whole and broken.</summary>
        public static GoldenVector[] Reports()
        {
            return new GoldenVector[]
            {
                new GoldenVector("alarm-fall", DecodeResult.Ok, true, 3272411452,
                    "10ba5555555552d171b1e22e87ed5bc1393bf3bc15b991"),
                new GoldenVector("alarm-sos-gesture", DecodeResult.Ok, true, 119748785,
                    "10882e673a2f41cf00991d286d8bc9977b7b29"),
                new GoldenVector("alarm-sos", DecodeResult.Ok, true, 1626953877,
                    "108038e45bb95aec1e9c289355e22389bab309ab38861ad5af61334408e78dfcb9"),
                new GoldenVector("antimeridian", DecodeResult.Ok, true, 1670944406,
                    "1e3317b3a269c8ef0e52f60721743b649e1729"),
                new GoldenVector("configuration-in-force", DecodeResult.Ok, true, 2369224455,
                    "10882e673a2f41cf00991d286d8bcdd9f13cc6263761189988bea9582e56"),
                new GoldenVector("configuration-refused", DecodeResult.Ok, true, 2912277129,
                    "190d085851e602d22e34ec9b74a8cb7f5ea652"),
                new GoldenVector("empty", DecodeResult.Ok, true, 2166136261,
                    "1e01"),
                new GoldenVector("equator-zero", DecodeResult.Ok, true, 3439403290,
                    "1e1745c9d172170b3200257a6579"),
                new GoldenVector("events-16", DecodeResult.Ok, true, 394682651,
                    "12ffd575abe8096a17cb07826a8f8c6ec53c660e0bed273ccd6531d5c878f7c003ecb32b19c83d7140c5ee05755a29dd"
                    + "780f15cbea909463a688091d791452a0a99f6e5fdf424076cd55232bc0fe656ee15327b10e70cc307aed4839"),
                new GoldenVector("every-second", DecodeResult.Ok, true, 3597251675,
                    "1e61a35745358e76ee9cc9230d27c8052b559b4db938a2"),
                new GoldenVector("extension-skipped", DecodeResult.Ok, false, 1809002764,
                    "1e2b898a501c0a76ee9cc9567c856584909ce4b0640f05ffa71af685bd25"),
                new GoldenVector("extension-unknown-among-known", DecodeResult.Ok, false, 349650197,
                    "1e000007a33553783e6b36862c97bd558c883add4f"),
                new GoldenVector("extensions-widest", DecodeResult.Ok, true, 1735262730,
                    "1e0000083e0e7ffff1745dfffffff164da5f45cd7fffffffffffe2c9b52517377fffffc5d177ffffc5d139b2707fc5d1"
                    + "39f07fc5d0fb64e0ffc5d177ffffc5d0bd17517fc5d139f07fc5d07ec9c1ffc5d177ffffc5d0407c327fc5d139f07fc5"
                    + "d0022ea2ffc5d177ffffc5cfc3e1137fc5d139f07fc5cf859383ffc5d177ffffc5cf4745f47fc5d139f07fc5cf08f864"
                    + "ffc5d177ffffc5cecaaad57fc5d139f07fc5ce8c5d45ffc5d177ffffc5ce4e0fb67fc5d139f07fc5ce0fc226ffc5d177"
                    + "ffffc5cdd174977fc5d139f07fc5936a81f05bffff8ba2efffff8ba2efffff8ba2efffff8ba2efffff8ba2efffff8ba2"
                    + "efffff8b28"),
                new GoldenVector("health-and-trace", DecodeResult.Ok, true, 4158994103,
                    "10882e673a2f41cf00991d286d8bce08afb5334916652788048ed6832104aec37a485972bb971dcdf53b2611c5"),
                new GoldenVector("heartbeat", DecodeResult.Ok, true, 3750913071,
                    "190d0ab08e2dfdbfeeca0eda35f4b055"),
                new GoldenVector("listed-everything", DecodeResult.Ok, true, 1690617262,
                    "10801c8e807d5b734219264285ca33613cf55931256f8e873e521c6ff86a01bdca6d1745b6f5a1ebbe"),
                new GoldenVector("poles", DecodeResult.Ok, true, 1652293902,
                    "1e2b55c30727b193124e13ff5625ea35b855b2ea40361fdf59ec5a43d266d6651bbd3a058cf3"),
                new GoldenVector("refused-bad-checksum", DecodeResult.BadChecksum, true, 2166136261,
                    "9d4ce2962a7d8f31235330556cae23a916628228c29a74e4b0aa6548698c5bd51990e28aebbd9f2b2b5a05bd7e222d6d"
                    + "5d"),
                new GoldenVector("refused-contract", DecodeResult.OutOfRange, true, 2166136261,
                    "190d0ab08e2dfdbfeeca0eda35e0a2"),
                new GoldenVector("refused-event-none", DecodeResult.OutOfRange, true, 2166136261,
                    "12fe2acb01391b630067"),
                new GoldenVector("refused-extension-left-over", DecodeResult.TooLong, true, 2166136261,
                    "1e000007b2b93361"),
                new GoldenVector("refused-extension-order", DecodeResult.NotCanonical, true, 2166136261,
                    "1e0000175563220eb75361ff466aa7"),
                new GoldenVector("refused-extension-short", DecodeResult.TooShort, true, 2166136261,
                    "1e0000367c2ac31689fd78a6"),
                new GoldenVector("refused-jump-needlessly", DecodeResult.NotCanonical, true, 2166136261,
                    "1e140ff135b98e76ee9cc9590d95eca9e741ca"),
                new GoldenVector("refused-latitude", DecodeResult.OutOfRange, true, 2166136261,
                    "1e140ff135b59a2a10368f32c47b"),
                new GoldenVector("refused-listed-needlessly", DecodeResult.NotCanonical, true, 2166136261,
                    "13fe0e39"),
                new GoldenVector("refused-nothing", DecodeResult.TooShort, true, 2166136261,
                    ""),
                new GoldenVector("refused-too-long", DecodeResult.TooLong, true, 2166136261,
                    "1d3156f9ed6bc03d869b2f3079102c464dd3370a225d4ec908352a814532a7092db49fb167bb3e5c7ded682600"),
                new GoldenVector("refused-too-many", DecodeResult.TooMany, true, 2166136261,
                    "1ff9"),
                new GoldenVector("refused-too-short", DecodeResult.TooShort, true, 2166136261,
                    "1d3156f9ed6bc03d869b2f3079102c464dd3370a225d4ec908352a814532a7092db49fb167bb3e"),
                new GoldenVector("refused-unknown-version", DecodeResult.UnknownVersion, true, 2166136261,
                    "2d3156f9ed6bc03d869b2f3079102c464dd3370a225d4ec908352a814532a7092db49fb167bb3e5c7ded6826"),
                new GoldenVector("refused-version-zero", DecodeResult.UnknownVersion, true, 2166136261,
                    "0d3156f9ed6bc03d869b2f3079102c464dd3370a225d4ec908352a814532a7092db49fb167bb3e5c7ded6826"),
                new GoldenVector("single-fix-at-sea", DecodeResult.Ok, true, 1434096244,
                    "1e07c921fad7a4453be5099951"),
                new GoldenVector("single-fix", DecodeResult.Ok, true, 3003654026,
                    "1e0c4e009a938e76ee9cc91d"),
                new GoldenVector("teleports", DecodeResult.Ok, true, 7351384,
                    "1e3317b3a2518e76ee9cc95912d53050e822f3220f05f401655fa4ca571a9bce001023fadd2511ebfffbe5e123fe4098"
                    + "b6"),
                new GoldenVector("time-backwards", DecodeResult.Ok, true, 1992546121,
                    "1e3317b3a2518e76ee9cc91d4181a1d3406a08a6391d6edf56b154fec382cb"),
                new GoldenVector("update-words", DecodeResult.Ok, true, 355627145,
                    "10ba8e38e38e34d171b1e22e87ed6224bcee82ee4e01736f1202a064fd3a1f"),
                new GoldenVector("uptime", DecodeResult.Ok, true, 3349043435,
                    "103e38e3e3fced0c298a940ec3c01f"),
                new GoldenVector("walk-20-sealed", DecodeResult.Ok, true, 3087364440,
                    "9d4ce2962a7d8f31235330556cae23a916628228c69a74e4b0aa6548698c5bd51990e28aebbd9f2b2b5a05bd7e222d6d"
                    + "5d"),
                new GoldenVector("walk-20-usual", DecodeResult.Ok, true, 1020282971,
                    "190d0ab08b2fcf8c5412eae8fe449b4dfc8b7a99627f1ffa881ba940b47a400372a0430c2dc3544a792ed70450d8577c"
                    + "d5408e1560a7e766bc80e02908"),
                new GoldenVector("walk-20", DecodeResult.Ok, true, 921080967,
                    "1d3156f9ed6bc03d869b2f3079102c464dd3370a225d4ec908352a814532a7092db49fb167bb3e5c7ded6826"),
                new GoldenVector("walk-64", DecodeResult.Ok, true, 366953308,
                    "190d0ab095b635c5d3f48ed1a42a2abc258d83d9863b5ced028c379d065a72aa37d8094260554e86c721d3a637cd9e00"
                    + "98ae047d9738cf048f246bdfc8ac70f98ce4dd62306dbd2ce7fc66c0d3f0c9f36bf86e9e5f4f01b83c29dcbe20105d60"
                    + "5c8850a9fb086abe2e975bdb7d56ded13194b6858109ff3be0208b3d3ccc58bd4edc2b7fd7575c12587d997eb08b85db"
                    + "211317d25ccfc60f15acfea28d"),
            };
        }

        /// <summary>Commands, whole and broken.</summary>
        public static GoldenVector[] Commands()
        {
            return new GoldenVector[]
            {
                new GoldenVector("command-alarm-acknowledged", DecodeResult.Ok, true, 3027630693,
                    "1102ffffffff0fffff03ffffffff0f"),
                new GoldenVector("command-alarm-received", DecodeResult.Ok, true, 3924058478,
                    "11010ca1c302b409"),
                new GoldenVector("command-check-in-reset", DecodeResult.Ok, true, 84688342,
                    "100a09"),
                new GoldenVector("command-clear", DecodeResult.Ok, true, 2443172474,
                    "100807"),
                new GoldenVector("command-configure-defaults", DecodeResult.Ok, true, 842616052,
                    "1007ad02"),
                new GoldenVector("command-configure-in-parts", DecodeResult.Ok, false, 4159048156,
                    "1007050102011ec801ff010308b009"),
                new GoldenVector("command-configure-unknown-setting", DecodeResult.Ok, true, 602673917,
                    "1007060102c801"),
                new GoldenVector("command-configure", DecodeResult.Ok, true, 4074170375,
                    "1007ac0201060178070a1b01"),
                new GoldenVector("command-extension", DecodeResult.Ok, false, 1901136759,
                    "100301c803010203"),
                new GoldenVector("command-find-me", DecodeResult.Ok, true, 225273538,
                    "1004ac02"),
                new GoldenVector("command-refused-block-empty", DecodeResult.TooShort, true, 1768495365,
                    "100b0503028040"),
                new GoldenVector("command-refused-block-long", DecodeResult.TooLong, true, 1768495365,
                    "100b05038200000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
                    + "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
                    + "000000000000000000000000000000000000000000000000000000000000000000000000000000"),
                new GoldenVector("command-refused-block-twice", DecodeResult.NotCanonical, true, 1768495365,
                    "100b050302000103020102"),
                new GoldenVector("command-refused-epoch", DecodeResult.OutOfRange, true, 1768495365,
                    "110101ffff0701"),
                new GoldenVector("command-refused-extension", DecodeResult.TooShort, true, 1768495365,
                    "100301c80501"),
                new GoldenVector("command-refused-flag", DecodeResult.NotCanonical, true, 1768495365,
                    "120301"),
                new GoldenVector("command-refused-image-cut", DecodeResult.TooShort, true, 1768495365,
                    "1009050203828004"),
                new GoldenVector("command-refused-image-left-over", DecodeResult.TooLong, true, 1768495365,
                    "100905020782800488b80400"),
                new GoldenVector("command-refused-image-none", DecodeResult.OutOfRange, true, 1768495365,
                    "100905020482800400"),
                new GoldenVector("command-refused-longer-varint", DecodeResult.NotCanonical, true, 1768495365,
                    "10038100"),
                new GoldenVector("command-refused-none", DecodeResult.OutOfRange, true, 1768495365,
                    "100001"),
                new GoldenVector("command-refused-setting-cut", DecodeResult.TooShort, true, 1768495365,
                    "10070501030a1e0b"),
                new GoldenVector("command-refused-setting-none", DecodeResult.OutOfRange, true, 1768495365,
                    "1007050102001e"),
                new GoldenVector("command-refused-setting-range", DecodeResult.OutOfRange, true, 1768495365,
                    "10070501060a8080808008"),
                new GoldenVector("command-refused-setting-twice", DecodeResult.NotCanonical, true, 1768495365,
                    "10070501040a1e0a1e"),
                new GoldenVector("command-refused-short", DecodeResult.TooShort, true, 1768495365,
                    "100381"),
                new GoldenVector("command-refused-version", DecodeResult.UnknownVersion, true, 1768495365,
                    "200301"),
                new GoldenVector("command-update-block-longest", DecodeResult.Ok, true, 2624868646,
                    "100bffffffff0f0385ffffffff07000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021"
                    + "22232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f5051"
                    + "52535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"),
                new GoldenVector("command-update-block", DecodeResult.Ok, true, 4109634949,
                    "100b828004030680400a0b0c0d"),
                new GoldenVector("command-update-offer", DecodeResult.Ok, true, 3726087288,
                    "1009ad02020682800488b804"),
                new GoldenVector("command-update", DecodeResult.Ok, true, 998647620,
                    "100908"),
            };
        }
    }
}
