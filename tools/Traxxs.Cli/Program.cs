Console.WriteLine("traxxs");
